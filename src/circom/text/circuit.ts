import type { Matrix } from "../../netlist/types.js";
import type { Connection } from "./connection.js";

/** A number, or numbers nested as in the text; those beyond 2^53 are bigints. What is read of a text has no matrix. */
export type Constant = number | bigint | readonly Constant[] | Matrix;

/** A signal of the main template; a lone one has no size. */
export interface SignalText {
  readonly name: string;
  readonly size?: number;
}

/** A component or a list of wires, in the place where the text declares it. */
export interface StepText extends SignalText {
  /** Name of the template; "" for wires. */
  readonly template: string;
  /** By the names that the template gives to its parameters. */
  readonly arguments: ReadonlyMap<string, Constant>;
  /** The lines of comment above it. */
  readonly comment: readonly string[];
}

/** The structure of a generated circuit: what its text says, and what is linked. */
export interface CircuitText {
  readonly inputs: readonly SignalText[];
  readonly outputs: readonly SignalText[];
  readonly steps: readonly StepText[];
  readonly connections: readonly Connection[];
}

/** An instance of a template, as a statement. */
export type ComponentText = Omit<StepText, "size" | "comment">;

/** A line of a generated circuit, or a few. */
export type Statement =
  | { readonly kind: "blank" }
  | { readonly kind: "comment"; readonly text: string }
  | { readonly kind: "signal"; readonly role: "input" | "output" | "wires"; readonly signal: SignalText }
  | { readonly kind: "component"; readonly component: ComponentText }
  | { readonly kind: "connection"; readonly connection: Connection };

/** What statements say. */
export function structureOf(statements: readonly Statement[]): CircuitText {
  const inputs: SignalText[] = [];
  const outputs: SignalText[] = [];
  const steps: StepText[] = [];
  const connections: Connection[] = [];
  let comment: string[] = [];
  for (const statement of statements) {
    if (statement.kind === "comment") {
      comment.push(statement.text);
      continue;
    }
    if (statement.kind === "blank") continue;
    if (statement.kind === "connection") connections.push(statement.connection);
    else if (statement.kind === "component") steps.push({ ...statement.component, comment });
    else if (statement.role === "wires")
      steps.push({ ...statement.signal, template: "", arguments: new Map(), comment });
    else (statement.role === "input" ? inputs : outputs).push(statement.signal);
    comment = [];
  }
  return { inputs, outputs, steps, connections };
}
