import type { Constant, SignalText, Statement } from "./circuit.js";
import { run, type Connection } from "./connection.js";

/** Statements by what they say. */

export const BLANK: Statement = { kind: "blank" };

export function commented(text: string): Statement {
  return { kind: "comment", text };
}

export function instance(
  name: string,
  template: string,
  parameters: Readonly<Record<string, Constant>>,
): Statement {
  const component = { name, template, arguments: new Map(Object.entries(parameters)) };
  return { kind: "component", component };
}

export function connected(connection: Connection): Statement {
  return { kind: "connection", connection };
}

export function declared(role: "input" | "output" | "wires", name: string, size?: number): Statement {
  const signal: SignalText = { name, ...(size !== undefined && { size }) };
  return { kind: "signal", role, signal };
}

/** Hands the elements of a signal on to others, from a place on. */
export function placed(to: string, at: number, { name, size }: SignalText): Statement {
  const loops = size === undefined ? { counts: [], to: { start: at, strides: [] } } : run(size, at, 0);
  return connected({ to, from: name, loops });
}
