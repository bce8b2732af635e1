import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export const ROOT = join(import.meta.dirname, "..", "..");

/** A function of the public API, and the code of its `@example`. */
export interface Example {
  readonly name: string;
  readonly code: string | undefined;
  /** Parameters without a `@param` line. */
  readonly undocumented: readonly string[];
}

/** Exported functions of a file, or the methods of one of its interfaces. */
export function examplesOf(file: string, interfaceName?: string): Example[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  return source.statements
    .flatMap((statement): readonly ts.SignatureDeclaration[] => {
      if (ts.isInterfaceDeclaration(statement) && statement.name.text === interfaceName)
        return statement.members.filter(ts.isMethodSignature);
      const exported = ts.isFunctionDeclaration(statement) && /^export /.test(statement.getText());
      return interfaceName === undefined && exported ? [statement] : [];
    })
    .map(example);
}

function example(node: ts.SignatureDeclaration): Example {
  const tags = ts.getJSDocTags(node);
  const text = tags.find((tag) => tag.tagName.text === "example")?.comment;
  const code = /^```ts\n(.*?)\n```/s.exec(ts.getTextOfJSDocComment(text)?.trim() ?? "")?.[1];
  const documented = new Set(tags.filter(ts.isJSDocParameterTag).map((tag) => tag.name.getText()));
  const parameters = node.parameters.map((_, i) => parameterName(node, i));
  return {
    name: node.name!.getText(),
    code,
    undocumented: parameters.filter((name) => name !== undefined && !documented.has(name)) as string[],
  };
}

/** Parameters that are taken apart have no name of their own: their `@param` is found by its place. */
function parameterName(node: ts.SignatureDeclaration, index: number): string | undefined {
  const { name } = node.parameters[index];
  if (ts.isIdentifier(name)) return name.text;
  const tags = ts.getJSDocTags(node).filter(ts.isJSDocParameterTag);
  return tags[index] === undefined ? `parameter ${index}` : undefined;
}

/** What examples of the client may use without making it. */
const CONTEXT = `
declare const signer: import("ethers").Signer;
declare const contracts: import("./src/client/index.js").Contracts;
declare const modelId: string;
declare const verificationKey: import("./src/groth16/types.js").VerificationKey;
`;

/** Type errors of snippets of code, each with the name of its snippet. */
export function typeErrors(snippets: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => readFileSync(path, "utf8"));
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, ROOT);
  Object.assign(options, { noUnusedLocals: false, noUnusedParameters: false });
  const files = new Map(
    [...snippets].map(([name, code], i) => [
      join(ROOT, "snippets", `${i}.ts`),
      { name, code: `${code}\nexport {};` },
    ]),
  );
  files.set(join(ROOT, "context.d.ts"), { name: "context", code: CONTEXT });
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  const text = (path: string) => (files.has(path) ? files.get(path)!.code : undefined);
  host.readFile = (path) => text(path) ?? readFile(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, languageVersion) => {
    const content = host.readFile(path);
    return content === undefined ? undefined : ts.createSourceFile(path, content, languageVersion);
  };
  const extensions = [join(ROOT, "src/type-extensions.ts"), join(ROOT, "src/runtime/chain.ts")];
  const program = ts.createProgram([...files.keys(), ...extensions], options, host);
  return [...files].flatMap(([path, { name }]) => {
    const file = program.getSourceFile(path)!;
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
}

type Modules = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Runs a snippet. Its imports are taken from `modules`, its free names from `context`. */
export async function runSnippet(
  code: string,
  modules: Modules,
  context: Readonly<Record<string, unknown>>,
): Promise<void> {
  const source = ts.createSourceFile("snippet.ts", code, ts.ScriptTarget.Latest, true);
  const values: Record<string, unknown> = { ...context };
  let body = code;
  for (const statement of source.statements.filter(ts.isImportDeclaration)) {
    const module = modules[(statement.moduleSpecifier as ts.StringLiteral).text];
    const { name, namedBindings } = statement.importClause!;
    if (name !== undefined) values[name.text] = module.default;
    const named =
      namedBindings !== undefined && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
    for (const element of named) values[element.name.text] = module[element.name.text];
    body = body.replace(statement.getText(), "");
  }
  const target = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const javascript = ts.transpileModule(body, { compilerOptions: target }).outputText;
  const AsyncFunction = (async () => undefined).constructor as new (
    ...args: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction(...Object.keys(values), `{ ${javascript.replace("export {};", "")} }`)(
    ...Object.values(values),
  );
}
