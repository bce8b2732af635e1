import { LOOP_VARIABLES } from "./names.js";

/** An index that is affine in the variables of nested loops: start + the sum of stride times variable. */
export interface Affine {
  readonly start: number;
  /** One per loop. */
  readonly strides: readonly number[];
}

/** Elements that nested loops run through, the outermost loop first; without a loop it is one element. */
export interface Loops {
  readonly counts: readonly number[];
  readonly to: Affine;
  /** Absent where the source is a lone signal, or a constant. */
  readonly from?: Affine;
}

/** `to <== from`: all elements of both, or those that loops name. */
export interface Connection {
  readonly to: string;
  /** A signal, or {@link ZERO}. */
  readonly from: string;
  readonly loops?: Loops;
}

/** What feeds an element that is constantly 0. */
export const ZERO = "0";

/** Consecutive elements: `to[at + i] <== from[start + i]` for each i below `count`. */
export function run(count: number, at: number, start: number): Loops {
  const counts = count === 1 ? [] : [count];
  const strides = counts.map(() => 1);
  return { counts, to: { start: at, strides }, from: { start, strides } };
}

/** The elements of a connection's loops, in the order in which they run. */
export function* placesOf({ counts, to, from }: Loops): Generator<readonly [to: number, from: number]> {
  const total = counts.reduce((product, count) => product * count, 1);
  const digits = counts.map(() => 0);
  for (let n = 0; n < total; n++) {
    yield [at(to, digits), from === undefined ? 0 : at(from, digits)];
    for (let loop = digits.length - 1; loop >= 0 && ++digits[loop] === counts[loop]; loop--) digits[loop] = 0;
  }
}

function at({ start, strides }: Affine, digits: readonly number[]): number {
  return strides.reduce((sum, stride, loop) => sum + stride * digits[loop], start);
}

/** The line of Circom that makes a connection. */
export function printConnection({ to, from, loops }: Connection): string {
  if (loops === undefined) return `${to} <== ${from};`;
  const heads = loops.counts.map((count, loop) => {
    const variable = LOOP_VARIABLES[loop];
    return `for (var ${variable} = 0; ${variable} < ${count}; ${variable}++) `;
  });
  const source = loops.from === undefined ? from : `${from}[${printAffine(loops.from)}]`;
  return `${heads.join("")}${to}[${printAffine(loops.to)}] <== ${source};`;
}

function printAffine({ start, strides }: Affine): string {
  const terms = strides.flatMap((stride, loop) => {
    const variable = LOOP_VARIABLES[loop];
    return stride === 0 ? [] : [stride === 1 ? variable : `${stride} * ${variable}`];
  });
  const all = start === 0 && terms.length > 0 ? terms : [String(start), ...terms];
  return all.join(" + ").replaceAll("+ -", "- ");
}
