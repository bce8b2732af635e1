import { Torch2CircomError } from "../src/errors/torch2circomError.js";
import { jsonText } from "../src/client/jsonText.js";
import { printable } from "../src/import/exportRecipe.js";
import type { ShownOutput } from "../src/program/modes.js";
import { rangeOf } from "../src/tensor/range.js";
import type { Answer } from "../src/client/outputs.js";

/** Prints a result: for people, or as one JSON value and nothing else on stdout. */
export function print<T>(result: T, json: boolean, lines: (result: T) => readonly string[]): void {
  if (json) {
    process.stdout.write(`${jsonText(result)}\n`);
    return;
  }
  for (const line of lines(result)) console.log(line);
}

/** "output: class 7 (cat)", or its values to six digits, at most twelve of them. */
export function describeAnswer({ name, kind, values, classes, unit }: Answer): string {
  const shownName = printable(name);
  const nameOf = (number: number) => (classes?.[number] === undefined ? "" : printable(classes[number]));
  if (kind === "argmax") {
    const named = values.map((number) => (nameOf(number) ? `${number} (${nameOf(number)})` : `${number}`));
    return `${shownName}: class ${named.join(", ")}`;
  }
  const shown = values.slice(0, 12).map((value) => String(Number(value.toPrecision(6))));
  const greatest = values.indexOf(rangeOf(values).greatest);
  // Of several decisions, the greatest of all values says nothing.
  const bestName = values.length === classes?.length ? nameOf(greatest) : "";
  const best = values.length > 1 ? ` (greatest: number ${greatest}${bestName && `, ${bestName}`})` : "";
  const ofUnit = unit === undefined ? "" : ` ${printable(unit)}`;
  return `${shownName}: ${shown.join(", ")}${values.length > 12 ? ", …" : ""}${ofUnit}${best}`;
}

/** Why a proven answer cannot be read here. @param mode undefined where the model is not here */
export function describeHidden(mode: ShownOutput | undefined): string {
  if (mode === undefined) return "The answer cannot be read: the model's build is not here.";
  if (mode === "encrypted")
    return "The answer is encrypted, and the salt that opens it is not here: it is in the job's file, which client and provider have.";
  return "The answer is behind a commitment, and nothing here opens it: ask the provider for the file that holds it.";
}

/** An option that is a whole number, of which the command line gives the text. */
export function wholeNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `--${option} ${text} is not a whole number`,
      `Write for example --${option} 8.`,
    );
  }
  return Number(text);
}

/** An option that is a list of whole numbers: "8,32". */
export function wholeNumbers(text: string | undefined, option: string): number[] | undefined {
  return text?.split(",").map((part) => wholeNumber(part.trim(), option)!);
}

/** How a model is cut: "4", "auto", "rows=131072" or "rows=2^17". */
export function cutting(text: string | undefined): number | "auto" | { rows: number } | undefined {
  if (text === undefined || text === "auto") return text;
  const [, power, rows] = /^rows=(?:2\^(\d{1,2})|(\d{1,9}))$/.exec(text) ?? [];
  if (power !== undefined || rows !== undefined)
    return { rows: power === undefined ? Number(rows) : 2 ** Number(power) };
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 2) return count;
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `--segments ${text} does not say how to cut`,
    "Write a number of segments (--segments 4), the rows of one (--segments rows=2^17), or --segments auto.",
  );
}

/** Sizes by name: "t=16,h=8". */
export function sizes(text: string | undefined): Record<string, number> | undefined {
  if (text === undefined) return undefined;
  const pairs = text.split(",").map((part) => /^\s*([^=\s]+)\s*=\s*([1-9]\d{0,8})\s*$/.exec(part));
  if (pairs.includes(null)) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `--size ${text} does not name sizes`,
      "Write for example --size t=16, or several: --size t=16,h=8.",
    );
  }
  return Object.fromEntries(pairs.map((pair) => [pair![1], Number(pair![2])]));
}

/** An option in per cent, as a share of 1. */
export function share(text: string | undefined, option: string): number | undefined {
  const value = perCent(text, option);
  return value === undefined ? undefined : value / 100;
}

/** An option in per cent. */
export function perCent(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(text)) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `--${option} ${text} is not a number of per cent`,
      `Write for example --${option} 2.5.`,
    );
  }
  return Number(text);
}

/** An option that is one of some words. */
export function oneOf<Word extends string>(
  text: string | undefined,
  option: string,
  words: readonly Word[],
): Word | undefined {
  if (text === undefined) return undefined;
  const word = words.find((known) => known === text);
  if (word === undefined) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `--${option} ${text} is not known`,
      `Choose one of: ${words.join(", ")}.`,
    );
  }
  return word;
}

/** An option without which a task has nothing to do. */
export function required(text: string | undefined, option: string, example: string): string {
  if (text === undefined) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `--${option} is missing`,
      `Write for example --${option} ${example}.`,
    );
  }
  return text;
}
