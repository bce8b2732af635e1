import type { Manifest } from "../../../src/artifacts/manifestForm.js";
import type { InputCard } from "../../../src/artifacts/cardForm.js";
import { rangeOf } from "../../../src/tensor/range.js";
import { sizeOf } from "../../../src/tensor/tensor.js";
import { quantizeSample } from "../../../src/client/inputs.js";
import { fieldsOf } from "./labels.js";
import type { Vocabulary } from "./tokens.js";
import { Torch2CircomError } from "../../../src/errors/torch2circomError.js";

/** Values of each input of a model, by its name, the last axis first. */
export type Sample = Readonly<Record<string, readonly number[]>>;

/** An input of a model, and what each element of it may be. */
export interface Domain {
  readonly name: string;
  readonly shape: readonly number[];
  /** One per element; an element that the model does not read may be anything. */
  readonly least: readonly number[];
  readonly greatest: readonly number[];
  /** What the provider calls its elements. */
  readonly card?: InputCard;
}

/** The inputs of a model, each name once. */
export function domainsOf({ inputs, card }: Pick<Manifest, "inputs" | "card">): Domain[] {
  const domains = new Map<string, Domain & { least: number[]; greatest: number[] }>();
  for (const { name, shape, elements, scale, offset, hi, packing } of inputs) {
    const size = sizeOf(shape);
    const domain = domains.get(name) ?? {
      ...{ name, shape },
      least: Array<number>(size).fill(-Infinity),
      greatest: Array<number>(size).fill(Infinity),
      ...(card?.inputs !== undefined && Object.hasOwn(card.inputs, name) && { card: card.inputs[name] }),
    };
    domains.set(name, domain);
    for (let i = 0; i < packing.count; i++) {
      const [place, step] = [elements?.[i] ?? i, scale[scale.length === 1 ? 0 : i]];
      const zero = offset[offset.length === 1 ? 0 : i];
      domain.least[place] = packing.offset * step + zero;
      domain.greatest[place] = hi * step + zero;
    }
  }
  return [...domains.values()];
}

/** An input that people draw, and not type: one channel. */
export interface Picture extends Domain {
  readonly width: number;
  readonly height: number;
}

/** Sides of a picture: what is smaller is a table. Elements of a flat one, at least. */
const [LEAST_SIDE, LEAST_FLAT] = [5, 64];

/** The model's one input as a picture; undefined for a model of anything else. */
export function pictureOf(domains: readonly Domain[]): Picture | undefined {
  const [domain] = domains;
  if (domains.length !== 1) return undefined;
  const sides = domain.shape.filter((side, axis) => side !== 1 || axis >= domain.shape.length - 2);
  const flat = domain.least.length;
  const side = Math.round(Math.sqrt(flat));
  const isFlat = domain.shape.filter((one) => one !== 1).length === 1;
  if (isFlat)
    return flat >= LEAST_FLAT && side * side === flat ? { ...domain, width: side, height: side } : undefined;
  if (sides.length !== 2 || sides.some((one) => one < LEAST_SIDE)) return undefined;
  return { ...domain, width: sides[1], height: sides[0] };
}

/** The least and the greatest that any element may be, of those that the model reads. */
export function knownRange({ least, greatest }: Pick<Domain, "least" | "greatest">) {
  const known = (values: readonly number[]) => values.filter((value) => Number.isFinite(value));
  return { least: rangeOf(known(least)).least, greatest: rangeOf(known(greatest)).greatest };
}

/** The values of no ink and of full ink: the ends of the picture's domain. */
export function inkRange(picture: Picture): { readonly paper: number; readonly ink: number } {
  const { least: paper, greatest: ink } = knownRange(picture);
  return { paper, ink };
}

/**
 * A picture's values. Each is brought into the domain of its element: pixels at the edges, which were empty in the provider's
 * samples, can hold less ink than others.
 *
 * @param ink 0 to 1 of each pixel
 */
export function valuesOf(picture: Picture, ink: ArrayLike<number>): number[] {
  const range = inkRange(picture);
  return Array.from(ink, (one, i) => {
    const value = range.paper + one * (range.ink - range.paper);
    return Math.min(picture.greatest[i], Math.max(picture.least[i], value));
  });
}

/** A model's one input as text; undefined for a model of anything else. */
export function vocabularyOf(domains: readonly Domain[]): Vocabulary | undefined {
  const { vocabulary, unknown, padding } = domains[0].card ?? {};
  return domains.length > 1 || vocabulary === undefined ? undefined : { vocabulary, unknown, padding };
}

/** What is wrong with an input, in words; undefined where the model takes it. Nothing leaves the browser. */
export function problemOf(manifest: Pick<Manifest, "inputs" | "card">, sample: Sample): string | undefined {
  try {
    quantizeSample(manifest, sample);
    return undefined;
  } catch (error) {
    if (!(error instanceof Torch2CircomError)) throw error;
    const field = fieldsOf(domainsOf(manifest)).find(({ input, element }) =>
      error.problem.startsWith(`${input}[${element}] = `),
    );
    return `${field === undefined ? error.problem : error.problem.replace(`${field.input}[${field.element}]`, () => field.label)}.`;
  }
}
