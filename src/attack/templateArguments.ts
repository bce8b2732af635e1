/** A constant of a component: a number, or numbers nested as in the text. */
export type Constant = number | readonly Constant[];

/** The names of the parameters of each template in Circom text. */
export function templateParameters(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [, name, list] of text.matchAll(/^template (\w+)\(([^)]*)\)/gm))
    found.set(
      name!,
      list!
        .split(",")
        .map((parameter) => parameter.trim())
        .filter((parameter) => parameter !== ""),
    );
  return found;
}

/**
 * A component's arguments by the template's parameters.
 *
 * @param text the arguments as they stand in the generated circuit: literals, and calls of functions of constants
 * @param constants text of the constants that the circuit includes
 * @returns undefined where their number is not that of the parameters
 */
export function readArguments(
  text: string,
  parameters: readonly string[],
  constants: string,
): ReadonlyMap<string, Constant> | undefined {
  const pieces = splitTopLevel(text);
  if (pieces.length !== parameters.length) return undefined;
  return new Map(parameters.map((name, i) => [name, constantOf(pieces[i]!, constants)]));
}

/** A constant that is a list of numbers. */
export function numbersOf(constant: Constant | undefined): number[] {
  if (constant === undefined) return [];
  return typeof constant === "number" ? [constant] : constant.flatMap(numbersOf);
}

function splitTopLevel(text: string): string[] {
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

function constantOf(piece: string, constants: string): Constant {
  const call = /^(\w+)\(\)$/.exec(piece);
  if (!call) return JSON.parse(piece) as Constant;
  const head = `function ${call[1]}() {`;
  const start = constants.indexOf(head);
  if (start < 0) throw new Error(`the circuit calls ${call[1]}(), which its constants do not have`);
  const from = constants.indexOf("return ", start) + "return ".length;
  return JSON.parse(constants.slice(from, constants.indexOf(";", from))) as Constant;
}
