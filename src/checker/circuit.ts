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

/** Elements of `to` and what feeds each; without them all of both. A constant is a `from` of its digits. */
export interface Connection {
  readonly to: string;
  readonly from: string;
  readonly elements?: { readonly into: readonly number[]; readonly of: readonly number[] };
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
  loop: /\s*for \(var ([a-z]) = 0; \1 < (\d+); \1\+\+\)(?= )/y,
  assignment: /\s*([\w.]+)(?:\[([^\]]+)\])? <== ([\w.]+)(?:\[([^\]]+)\])?;/y,
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
  const isDone = () => next(/\s*$/y) !== null;
  while (!isDone()) {
    const start = at;
    const loops: Loop[] = [];
    let match: RegExpExecArray | null;
    while ((match = next(STATEMENTS.loop)) !== null)
      loops.push({ variable: match[1], count: Number(match[2]) });
    if ((match = next(STATEMENTS.assignment)) !== null) {
      const connection = connectionOf(match, loops);
      if (connection === undefined) unknown.push(body.slice(start, at).trim());
      else connect(connection);
    } else if (loops.length > 0) {
      unknown.push(body.slice(start, at).trim());
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

interface Loop {
  readonly variable: string;
  readonly count: number;
}

/** More elements than any circuit has: what a text claims beyond is not written out. */
const MOST_ELEMENTS = 2 ** 26;

/** `to[into] <== from[of]` in its loops; undefined where an index is not a sum of multiples of their variables. */
function connectionOf(
  [, to, into, from, of]: readonly (string | undefined)[],
  loops: readonly Loop[],
): Connection | undefined {
  const total = loops.reduce((product, { count }) => product * count, 1);
  if (total > MOST_ELEMENTS || new Set(loops.map(({ variable }) => variable)).size < loops.length)
    return undefined;
  if (into === undefined && of === undefined)
    return loops.length === 0 ? { to: to!, from: from! } : undefined;
  const [targets, sources] = [indices(into ?? "0", loops), indices(of ?? "0", loops)];
  if (targets === undefined || sources === undefined) return undefined;
  return { to: to!, from: from!, elements: { into: targets, of: sources } };
}

/** The values of `5 + 2 * i + j` as the loops run, the last one fastest. */
function indices(expression: string, loops: readonly Loop[]): number[] | undefined {
  let start = 0;
  const strides = new Map(loops.map(({ variable }) => [variable, 0]));
  for (const term of expression.replaceAll(" - ", " + -").split(" + ")) {
    const [, sign, factor, times, variable] = /^(-?)(\d*)( \* )?([a-z]?)$/.exec(term) ?? [];
    const isProduct = times !== undefined;
    if (sign === undefined || isProduct !== (factor !== "" && variable !== "") || term === sign)
      return undefined;
    const value = Number(`${sign}${factor === "" ? 1 : factor}`);
    if (variable === "") start += value;
    else if (!strides.has(variable)) return undefined;
    else strides.set(variable, strides.get(variable)! + value);
  }
  let values = [start];
  for (const { variable, count } of loops) {
    const stride = strides.get(variable)!;
    values = values.flatMap((value) => Array.from({ length: count }, (_, i) => value + stride * i));
  }
  return values;
}

/** Circom text without what the compiler does not read either. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
}

export function isComponent(item: ComponentText | SignalText): item is ComponentText {
  return "template" in item;
}
