import type { Batch } from "../../netlist/batch.js";
import type { Segment } from "../../netlist/segments/segment.js";
import { isMatrix, rowsOf, type Netlist } from "../../netlist/types.js";
import { batchStatements } from "./batch.js";
import type { ComponentText, Constant, Statement } from "./circuit.js";
import { printConnection } from "./connection.js";
import { harmless } from "./describe.js";
import { SIGNALS, TEMPLATES } from "./names.js";
import { segmentStatements } from "./segment.js";
import { statementsOf } from "./statements.js";

/** A generated circuit: what to read, and the numbers it is made of. */
export interface CircomSources {
  readonly main: string;
  readonly constants: string;
}

export interface PrintOptions {
  /** Lines of the file's header: model, hash, command, scales. */
  readonly header: readonly string[];
  /** File name of the constants, as `main` includes it. */
  readonly constantsFile: string;
  /** What the includes of gadgets begin with. @default "torch2circom" */
  readonly library?: string;
}

/** Arguments with more numbers than this go to the constants file. */
const INLINE_LIMIT = 16;

const PUBLIC_BINDING = `{public [${SIGNALS.binding}]} `;

/** Netlist -> Circom. What it writes, {@link readCircuit} reads. */
export function printCircom(netlist: Netlist, options: PrintOptions): CircomSources {
  return printStatements(statementsOf(netlist), PUBLIC_BINDING, netlist, options);
}

/** As {@link printCircom}, of a batch of jobs. */
export function printBatch(batch: Batch, options: PrintOptions): CircomSources {
  return printStatements(batchStatements(batch), "", batch.netlist, options);
}

/** As {@link printCircom}, of a segment. */
export function printSegment(segment: Segment, options: PrintOptions): CircomSources {
  const publicInputs = segment.opened === undefined ? PUBLIC_BINDING : "";
  return printStatements(segmentStatements(segment), publicInputs, segment.netlist, options);
}

function printStatements(
  statements: readonly Statement[],
  publicInputs: string,
  { weightWords }: Netlist,
  options: PrintOptions,
): CircomSources {
  const constants = new Constants();
  const body = statements.map((statement) => print(statement, constants));
  const isSecret = weightWords.length > 0;
  const comment = ["/*", ...options.header.map((line) => ` * ${harmless(line)}`.trimEnd()), " */"];
  const main = [
    ...comment,
    "pragma circom 2.1.6;",
    "",
    ...["binding", "layers", "linear", ...(isSecret ? ["secretLinear"] : [])].map(
      (file) => `include "${options.library ?? "torch2circom"}/circuits/${file}.circom";`,
    ),
    `include "${options.constantsFile}";`,
    "",
    `template ${TEMPLATES.model}() {`,
    ...body.map((line) => (line === "" ? "" : `    ${line}`)),
    "}",
    "",
    `component main ${publicInputs}= ${TEMPLATES.model}();`,
    "",
  ];
  return {
    main: main.join("\n"),
    constants: [...comment, "pragma circom 2.1.6;", "", ...constants.lines, ""].join("\n"),
  };
}

/** The line of a statement. Long arguments become functions of the constants file. */
function print(statement: Statement, constants: Constants): string {
  switch (statement.kind) {
    case "blank":
      return "";
    case "comment":
      return `// ${statement.text}`;
    case "connection":
      return printConnection(statement.connection);
    case "signal": {
      const { role, signal } = statement;
      const size = signal.size === undefined ? "" : `[${signal.size}]`;
      return `signal ${role === "wires" ? "" : `${role} `}${signal.name}${size};`;
    }
    case "component":
      return instance(statement.component, constants);
  }
}

/** The functions of the constants file. */
class Constants {
  readonly lines: string[] = [];
  private readonly names = new Map<Constant, string>();

  /** The name of a function that returns a value; jobs of a batch share theirs. */
  nameOf(value: Constant, suggested: string): string {
    const known = this.names.get(value);
    if (known !== undefined) return known;
    this.lines.push(`function ${suggested}() {`, `    return ${literal(value, ",\n        ")};`, "}");
    this.names.set(value, suggested);
    return suggested;
  }
}

function instance({ name, template, arguments: values }: ComponentText, constants: Constants): string {
  const actual = Array.from(values, ([parameter, value]) =>
    countOf(value) <= INLINE_LIMIT ? literal(value) : `${constants.nameOf(value, `${name}_${parameter}`)}()`,
  );
  return `component ${name} = ${template}(${actual.join(", ")});`;
}

function countOf(value: Constant): number {
  if (typeof value !== "object") return 1;
  return isMatrix(value)
    ? value.entries.length
    : value.reduce<number>((sum, entry) => sum + countOf(entry), 0);
}

/** A Circom array literal. @param between what stands between the rows of a matrix */
function literal(value: Constant, between = ","): string {
  if (typeof value !== "object") return String(value);
  if (!isMatrix(value)) return `[${value.map((entry) => literal(entry)).join(",")}]`;
  return `[${rowsOf(value)
    .map((row) => `[${row.join(",")}]`)
    .join(between)}]`;
}
