import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const solc = require("solc") as { compile(input: string): string };

interface Node {
  nodeType: string;
  src: string;
  [key: string]: unknown;
}

/** A source in which every branch has a line of its own, behind the lines that it had before. */
export interface Branched {
  readonly source: string;
  /** What is not covered if the line with this number is not. */
  readonly branches: ReadonlyMap<number, string>;
}

/**
 * Gives every branch a line, so that a coverage of lines is one of branches. Each condition of `if`, `?:`, `for` and
 * `while`, and each operand of `&&` and `||` there or elsewhere, becomes the argument of a function with one line for
 * true and one for false; each block of a `try` calls a function of one line. An operand that is reached with both
 * values has the whole condition reached with both, by its last operand. The lines of the source keep their numbers.
 * @throws Error for a branch in assembly, which calls no Solidity
 */
export function branchesToLines(file: string, source: string): Branched {
  const bytes = Buffer.from(source);
  const insertions: { at: number; text: string; order: number }[] = [];
  const lines = [source.trimEnd()];
  const branches = new Map<number, string>();
  const branch = (body: string, what: string) => {
    lines.push(body);
    branches.set(lines.join("\n").split("\n").length, what);
  };
  let count = 0;
  const root = parse(file, source);
  for (const node of nodesOf(root)) {
    if (/^Yul(If|Switch|ForLoop)$/.test(node.nodeType)) throw new Error(`${file}: a branch in assembly`);
  }
  for (const [start, length] of conditions(root)) {
    const name = `condition${count++}`;
    const line = bytes.subarray(0, start).toString().split("\n").length;
    const text = bytes.subarray(start, start + length).toString();
    insertions.push({ at: start, text: `${name}(`, order: -length });
    insertions.push({ at: start + length, text: ")", order: length - bytes.length });
    lines.push(`function ${name}(bool held) pure returns (bool) {`, "    if (held) {");
    branch("        return true;", `${file}:${line} ${text} is true`);
    lines.push("    }");
    branch("    return false;", `${file}:${line} ${text} is false`);
    lines.push("}");
  }
  for (const [start] of tryBlocks(root)) {
    const name = `clause${count++}`;
    const line = bytes.subarray(0, start).toString().split("\n").length;
    insertions.push({ at: start + 1, text: ` ${name}();`, order: 0 });
    lines.push(`function ${name}() pure {`, "    bool reached;");
    branch("    reached = true;", `${file}:${line} a clause of try`);
    lines.push("}");
  }
  // From the end, so that the places before stay; what encloses more stands further out.
  insertions.sort((a, b) => b.at - a.at || b.order - a.order);
  let instrumented = bytes;
  for (const { at, text } of insertions) {
    instrumented = Buffer.concat([
      instrumented.subarray(0, at),
      Buffer.from(text),
      instrumented.subarray(at),
    ]);
  }
  lines[0] = instrumented.toString().trimEnd();
  return { source: `${lines.join("\n")}\n`, branches };
}

function parse(file: string, content: string): Node {
  const settings = { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } };
  const input = { language: "Solidity", sources: { [file]: { content } }, settings };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as {
    sources: Record<string, { ast: Node }>;
  };
  return output.sources[file].ast;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  if ("nodeType" in value) yield value as Node;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

/** Start and length, in bytes, of what is true or false and decides something. */
function conditions(root: Node): [number, number][] {
  const places = new Set<string>();
  const add = (value: unknown): void => {
    const node = withoutParentheses(value as Node);
    if (!isJunction(node)) places.add(node.src);
  };
  for (const node of nodesOf(root)) {
    if (/^(If|While|DoWhile|For)Statement$|^Conditional$/.test(node.nodeType) && node.condition) {
      add(node.condition);
    }
    if (isJunction(node)) {
      add(node.leftExpression);
      add(node.rightExpression);
    }
  }
  return [...places].map(place);
}

function tryBlocks(root: Node): [number, number][] {
  return [...nodesOf(root)]
    .filter(({ nodeType }) => nodeType === "TryCatchClause")
    .map(({ block }) => place((block as Node).src));
}

function isJunction({ nodeType, operator }: Node): boolean {
  return nodeType === "BinaryOperation" && (operator === "&&" || operator === "||");
}

function withoutParentheses(node: Node): Node {
  const [inner, ...more] = (node.components ?? []) as Node[];
  return node.nodeType === "TupleExpression" && inner !== undefined && more.length === 0
    ? withoutParentheses(inner)
    : node;
}

function place(src: string): [start: number, length: number] {
  const [start, length] = src.split(":").map(Number);
  return [start, length];
}
