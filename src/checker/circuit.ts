/** A signal that the circuit's text declares; a lone one has no size. */
export interface SignalText {
  readonly name: string;
  readonly size?: number;
}

export interface ComponentText {
  readonly name: string;
  readonly template: string;
  /** As they stand in the text. */
  readonly arguments: string;
}

/** `to[at + i] <== from[start + i]` for i < count; without a count all of both. A constant is a `from` of its digits. */
export interface Connection {
  readonly to: string;
  readonly at: number;
  readonly from: string;
  readonly start: number;
  readonly count?: number;
}

/** The statements of a generated `main.circom`, as they stand there. */
export interface Circuit {
  readonly inputs: readonly SignalText[];
  readonly outputs: readonly SignalText[];
  /** Components and inner signals in the order of the text. */
  readonly items: readonly (ComponentText | SignalText)[];
  /** By what they assign to. */
  readonly connections: ReadonlyMap<string, readonly Connection[]>;
  /** What is none of the statements that this knows. */
  readonly unknown: readonly string[];
}

const STATEMENTS = {
  signal: /\s*signal (?:(input|output) )?(\w+)(?:\[(\d+)\])?;/y,
  component: /\s*component (\w+) = (\w+)\(([^;]*)\);/y,
  loop: /\s*for \(var i = 0; i < (\d+); i\+\+\) ([\w.]+)\[(?:(\d+) \+ )?i\] <== ([\w.]+)\[(?:(\d+) \+ )?i\];/y,
  assignment: /\s*([\w.]+)(?:\[(\d+)\])? <== ([\w.]+)(?:\[(\d+)\])?;/y,
};

const INCLUDES =
  /^include "(?:(?:torch2circom|library)\/circuits\/(?:binding|layers|linear|secretLinear)|constants)\.circom";$/;

/** Reads a generated circuit; what it does not know is listed and never passed over. */
export function readCircuit(main: string): Circuit {
  const text = withoutComments(main);
  const unknown: string[] = [];
  const frame =
    /^([\s\S]*?)\btemplate Model\(\) \{([\s\S]*)\}\s*component main \{public \[binding\]\} = Model\(\);\s*$/.exec(
      text,
    );
  if (frame === null) return { ...EMPTY, unknown: ["no template Model that is the main one"] };
  for (const line of frame[1].split("\n").map((part) => part.trim()))
    if (line !== "" && line !== "pragma circom 2.1.6;" && !INCLUDES.test(line)) unknown.push(line);
  return readBody(frame[2], unknown);
}

const EMPTY: Circuit = { inputs: [], outputs: [], items: [], connections: new Map(), unknown: [] };

function readBody(body: string, unknown: string[]): Circuit {
  const inputs: SignalText[] = [];
  const outputs: SignalText[] = [];
  const items: (ComponentText | SignalText)[] = [];
  const connections = new Map<string, Connection[]>();
  const connect = (connection: Connection) => {
    const known = connections.get(connection.to);
    if (known === undefined) connections.set(connection.to, [connection]);
    else known.push(connection);
  };
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(body);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  const number = (digits: string | undefined) => Number(digits ?? 0);
  const isDone = () => next(/\s*$/y) !== null;
  while (!isDone()) {
    let match: RegExpExecArray | null;
    // Wirings have a line an element: assignments are tried first.
    while ((match = next(STATEMENTS.assignment)) !== null) {
      const [, to, into, from, start] = match;
      const isElement = into !== undefined || start !== undefined;
      connect({ to, at: number(into), from, start: number(start), ...(isElement && { count: 1 }) });
    }
    if ((match = next(STATEMENTS.loop)) !== null) {
      const [, count, to, into, from, start] = match;
      connect({ to, at: number(into), from, start: number(start), count: number(count) });
    } else if ((match = next(STATEMENTS.component)) !== null) {
      items.push({ name: match[1], template: match[2], arguments: match[3] });
    } else if ((match = next(STATEMENTS.signal)) !== null) {
      const [, direction, name, size] = match;
      const list = direction === "input" ? inputs : direction === "output" ? outputs : items;
      list.push({ name, ...(size !== undefined && { size: Number(size) }) });
    } else if (!isDone()) {
      const end = body.indexOf(";", at) < 0 ? body.length : body.indexOf(";", at) + 1;
      unknown.push(body.slice(at, end).trim());
      at = end;
    }
  }
  return { inputs, outputs, items, connections, unknown };
}

/** Circom text without what the compiler does not read either. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
}

export function isComponent(item: ComponentText | SignalText): item is ComponentText {
  return "template" in item;
}
