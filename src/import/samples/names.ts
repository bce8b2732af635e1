import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** What a file of samples calls elements and classes, for people. */
export interface SampleNames {
  /** Of the only input: a name and a unit for each element. */
  readonly features?: readonly string[];
  readonly units?: readonly string[];
  /** Of the first output's classes. */
  readonly classes?: readonly string[];
  /** Of the columns that the only input is made of, where it came as a table. */
  readonly columns?: readonly string[];
}

/** Arrays of text in a file of samples: no others are read. */
const NAMES = { feature_names: "features", feature_units: "units", class_names: "classes" } as const;

/** Whether an array of this name may be text. */
export function mayBeText(name: string): name is keyof typeof NAMES {
  return Object.hasOwn(NAMES, name);
}

/** Lists of text of a file, by their names in it, as what they name. */
export function namesOf(texts: ReadonlyMap<string, readonly string[]>): SampleNames {
  return Object.fromEntries(
    [...texts].flatMap(([name, list]) => (mayBeText(name) ? [[NAMES[name], list]] : [])),
  );
}

/** Names of a file, and characters of each, at most. */
const [MOST_NAMES, MOST_CHARACTERS] = [2 ** 16, 2 ** 10];

/**
 * The text of an array of NumPy: `<U…` (four bytes per character) or `|S…` (one).
 *
 * @param descr type of an element, as the header has it
 * @param data bytes of the elements
 * @throws Torch2CircomError for too many or too long texts
 */
export function textsOf(descr: string, shape: readonly number[], data: Uint8Array, file: string): string[] {
  const [, order, kind, digits] = /^([<>|])([US])(\d{1,6})$/.exec(descr) ?? [];
  const [count, width] = [shape[0] ?? 0, Number(digits)];
  const bytes = width * (kind === "U" ? 4 : 1);
  if (kind === undefined || shape.length !== 1 || count > MOST_NAMES || width > MOST_CHARACTERS)
    throw notNames(
      file,
      `it is not a list of at most ${MOST_NAMES} texts of at most ${MOST_CHARACTERS} characters`,
    );
  if (count * bytes > data.length) throw notNames(file, "it is cut off");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: count }, (_, i) => {
    const codes = Array.from({ length: width }, (_one, j) =>
      kind === "U" ? view.getUint32(i * bytes + 4 * j, order !== ">") : data[i * bytes + j],
    );
    // Texts are filled up with zeros.
    while (codes.at(-1) === 0) codes.pop();
    if (codes.some((code) => code > 0x10ffff || (kind === "S" && code > 0x7f)))
      throw notNames(file, "a character of it is none");
    return String.fromCodePoint(...codes);
  });
}

export function notNames(file: string, why: string): Torch2CircomError {
  return new Torch2CircomError(
    "SAMPLES_INVALID",
    `${file} does not name anything: ${why}`,
    "Save a list of texts, as numpy.array(list_of_str) is, or leave it out.",
  );
}
