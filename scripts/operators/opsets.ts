import ts from "typescript";

type Named = ReadonlyMap<string, ts.Node>;

/**
 * The opsets at which a rule reads its operator differently, by operator: the numbers that the rule, or a function of
 * the same file that it uses, compares `opset` with.
 *
 * @param source text of a file of rules
 */
export function opsetsOf(source: string): ReadonlyMap<string, readonly number[]> {
  const file = ts.createSourceFile("rules.ts", source, ts.ScriptTarget.Latest, true);
  const named = declarations(file);
  const found = new Map<string, readonly number[]>();
  for (const [name, node] of named) {
    const table = ts.isVariableDeclaration(node) && name.endsWith("Rules") ? node.initializer : undefined;
    if (table === undefined || !ts.isObjectLiteralExpression(table)) continue;
    for (const entry of table.properties) {
      if (entry.name === undefined) continue;
      const opsets = [...compared(entry, named, new Set([name]))].sort((a, b) => a - b);
      found.set(entry.name.getText().replaceAll('"', ""), opsets);
    }
  }
  return found;
}

/** Functions and constants of a file, by name. */
function declarations(file: ts.SourceFile): Named {
  const named = new Map<string, ts.Node>();
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement)) named.set(statement.name!.text, statement);
    if (!ts.isVariableStatement(statement)) continue;
    for (const one of statement.declarationList.declarations) named.set(one.name.getText(), one);
  }
  return named;
}

function compared(node: ts.Node, named: Named, visited: Set<string>): Set<number> {
  const opsets = new Set<number>();
  const visit = (inner: ts.Node): void => {
    if (ts.isBinaryExpression(inner) && /\.opset$/.test(inner.left.getText())) {
      const opset = Number(inner.right.getText());
      if (Number.isInteger(opset)) opsets.add(opset);
    }
    if (ts.isIdentifier(inner) && named.has(inner.text) && !visited.has(inner.text)) {
      visited.add(inner.text);
      for (const opset of compared(named.get(inner.text)!, named, visited)) opsets.add(opset);
    }
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return opsets;
}
