import { Unreadable } from "./findings.js";

/** A constant of a component: a number, or numbers nested as in the text. */
type Constant = number | readonly Constant[];

/** The names of the parameters of each template in Circom text. */
export function templateParameters(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [, name, list] of text.matchAll(/^template (\w+)\(([^)]*)\)/gm))
    found.set(name, splitTopLevel(list));
  return found;
}

/** The bodies of the functions in a text of constants; undefined where two have one name. */
export type ConstantFunctions = ReadonlyMap<string, string | undefined>;

/** Finds the functions of constants, each up to its first closing brace: none of them has blocks. */
export function constantFunctions(text: string): ConstantFunctions {
  const found = new Map<string, string | undefined>();
  for (const { 0: head, 1: name, index } of text.matchAll(/function (\w+)\(\) \{/g)) {
    const body = text.slice(index + head.length, text.indexOf("}", index) + 1);
    found.set(name, found.has(name) ? undefined : body);
  }
  return found;
}

/** A component's arguments by the names that its template gives them. */
export class Arguments {
  private readonly pieces: ReadonlyMap<string, string>;

  /**
   * @param text the arguments as they stand in the generated circuit: literals, and calls of functions of constants
   * @param parameters of the template
   * @param constants the functions of the constants that the circuit includes
   */
  constructor(
    text: string,
    parameters: readonly string[],
    private readonly constants: ConstantFunctions,
  ) {
    const pieces = splitTopLevel(text);
    if (pieces.length !== parameters.length)
      throw new Unreadable(
        `${pieces.length} arguments, where the template has ${parameters.length} parameters`,
      );
    this.pieces = new Map(parameters.map((name, i) => [name, pieces[i]]));
  }

  has(name: string): boolean {
    return this.pieces.has(name);
  }

  /** A whole number of any size. */
  whole(name: string): bigint {
    const piece = this.piece(name);
    if (!/^-?\d+$/.test(piece)) throw new Unreadable(`${name} is "${piece.slice(0, 40)}", not a number`);
    return BigInt(piece);
  }

  /** A number that is exact as a `number`. */
  number(name: string): number {
    return safe(Number(this.whole(name)), name);
  }

  /** The numbers of a list, or of its rows one after the other. */
  list(name: string): number[] {
    return flat(this.constant(name), name);
  }

  /** A list of that many lists of that length, one after the other. */
  table(name: string, rows: number, columns: number): number[] {
    const lists = this.rows(name);
    if (lists.length !== rows || lists.some(({ length }) => length !== columns))
      throw new Unreadable(`${name} is not ${rows} lists of ${columns}`);
    return lists.flat();
  }

  /** A list of lists of equal length. */
  rows(name: string): number[][] {
    const value = this.constant(name);
    if (typeof value === "number") throw new Unreadable(`${name} is not a list of lists`);
    const rows = value.map((row) => {
      if (typeof row === "number") throw new Unreadable(`${name} is not a list of lists`);
      return flat(row, name);
    });
    if (rows.some(({ length }) => length !== rows[0].length))
      throw new Unreadable(`the rows of ${name} have different lengths`);
    return rows;
  }

  private constant(name: string): Constant {
    const piece = this.piece(name);
    const call = /^(\w+)\(\)$/.exec(piece);
    if (call === null) return literal(piece, name);
    const text = this.constants.get(call[1]);
    if (text === undefined)
      throw new Unreadable(`the circuit calls ${call[1]}(), which its constants have not, or twice`);
    const body = /^\s*return ([^;]*);\s*\}/.exec(text);
    if (body === null) throw new Unreadable(`${call[1]}() does more than return a constant`);
    return literal(body[1], name);
  }

  private piece(name: string): string {
    const piece = this.pieces.get(name);
    if (piece === undefined) throw new Unreadable(`its template has no parameter named ${name}`);
    return piece;
  }
}

function literal(text: string, name: string): Constant {
  if (!/^[-\d,[\]\s]*$/.test(text)) throw new Unreadable(`${name} is "${text.slice(0, 40)}", not a list`);
  try {
    return JSON.parse(text) as Constant;
  } catch {
    throw new Unreadable(`${name} is "${text.slice(0, 40)}", not a list`);
  }
}

function flat(value: Constant, name: string): number[] {
  const numbers = [value].flat(Infinity as 1) as number[];
  for (const number of numbers) safe(number, name);
  return numbers;
}

function safe(value: number, name: string): number {
  if (!Number.isSafeInteger(value)) throw new Unreadable(`${name} has ${value}, which is beyond 2^53`);
  return value;
}

function splitTopLevel(text: string): string[] {
  if (text.trim() === "") return [];
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "[" || text[i] === "(") depth++;
    else if (text[i] === "]" || text[i] === ")") depth--;
    else if (text[i] === "," && depth === 0) {
      pieces.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  return [...pieces, text.slice(from).trim()];
}
