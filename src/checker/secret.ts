import type { Arguments } from "./arguments.js";
import type { Bounds } from "./known.js";
import type { Check } from "./findings.js";
import { boundsOfLinear } from "./linear.js";
import { span } from "./numbers.js";
import { operandsOf, type OperationOf, type Program } from "./program.js";

/**
 * Sums with secret weights. Whoever proves chooses the weights, so that nothing is known of a sum but what a constraint
 * shows: the layer's own range check, or the requantization that takes it.
 */

type Range = readonly [lo: bigint, hi: bigint];

/** A component of the circuit as it stands in the place of an operation. */
export interface Step {
  readonly name: string;
  readonly template: string;
  readonly arguments: Arguments;
}

/** What a circuit holds of the sums of a secret layer, whatever the weights are. */
export interface SecretLayer {
  readonly tensor: number;
  /** Of each sum what it can be, where anything holds it. */
  readonly held: Bounds;
  /** The requantization that does, if not the layer itself, and the bounds of what that gives. */
  readonly enforcer?: { readonly tensor: number; readonly results: Bounds };
}

/** @param steps the component of each operation that has one */
export function secretLayer(
  program: Program,
  tensor: number,
  steps: ReadonlyMap<number, Step>,
): SecretLayer | undefined {
  const { size } = program.operations[tensor];
  const own = steps.get(tensor)!.arguments;
  if (own.number("checked") === 1) {
    const half = span(own.number("slotBits") - 1);
    return { tensor, held: ranges(size, () => [-half, half - 1n]) };
  }
  // What a view leaves out, or reads beside a sum, changes nothing of a sum that the requantization reads.
  const follow = (at: number, places: readonly number[]): SecretLayer | undefined => {
    for (const [reader, operation] of program.operations.entries()) {
      if (!operandsOf(operation).includes(at)) continue;
      const step = steps.get(reader);
      if (operation.kind === "requantize" && step !== undefined && !places.includes(-1)) {
        const admitted = admits(step, operation);
        if (admitted === undefined) continue;
        return {
          tensor,
          held: ranges(size, (i) => admitted.sums(places[i])),
          enforcer: { tensor: reader, results: ranges(operation.size, admitted.results) },
        };
      }
      if (operation.kind !== "view" || operation.inputs.length > 1) continue;
      const placeOf = new Map(operation.index.map((source, place) => [source, place]));
      const found = follow(
        reader,
        places.map((place) => (place < 0 ? -1 : (placeOf.get(place) ?? -1))),
      );
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return follow(
    tensor,
    Array.from({ length: size }, (_, i) => i),
  );
}

/** The sums for which a requantization has a witness, and its results, by element; undefined for one that takes all. */
function admits(
  { template, arguments: own }: Step,
  { size }: OperationOf<"requantize">,
): { sums: (i: number) => Range; results: (i: number) => Range } | undefined {
  const lists = new Map<string, number[]>();
  const of = (name: string, i: number): number => {
    const values = lists.get(name) ?? own.list(name);
    lists.set(name, values);
    return values[Math.floor((i * values.length) / size)] ?? 0;
  };
  /** Whatever is below 2^f is the remainder of its q. */
  const before = ([from, to]: Range, i: number): Range => {
    const half = of("shift", i) === 0 ? 0n : span(of("shift", i) - 1);
    return [from * span(of("shift", i)) - half, (to + 1n) * span(of("shift", i)) - 1n - half];
  };
  switch (template) {
    case "RequantizeReLULayer": {
      const top = (i: number) => span(of("magnitudeBits", i)) - 1n;
      return { sums: (i) => before([-top(i), top(i)], i), results: (i) => [0n, top(i)] };
    }
    case "RequantizeClampLayer": {
      const [c, lo] = [own.number("keptBits"), BigInt(own.number("least"))];
      const beyond = (i: number) => (span(of("excessBits", i)) - 1n) * span(c);
      const kept = span(c) - 1n;
      return {
        sums: (i) => before([lo - beyond(i), lo + beyond(i) + kept], i),
        results: () => [lo, lo + kept],
      };
    }
    case "RequantizeLayer": {
      // Where nothing is shifted away there is no decomposition: anything passes.
      if (own.list("shift").some((f) => f < 1)) return undefined;
      const results = (i: number): Range => [
        BigInt(of("least", i)),
        BigInt(of("least", i)) + span(of("resultBits", i)) - 1n,
      ];
      return { sums: (i) => before(results(i), i), results };
    }
    default:
      return undefined;
  }
}

/** Sums must each have a slot of their own; and those of the honest weights, where these are known, a witness. */
export function checkSecretLayer(
  program: Program,
  { tensor, held }: SecretLayer,
  { arguments: own, name }: Step,
  x: Bounds,
  check: Check,
): void {
  const [S, gc] = [own.number("slotBits"), own.number("perWord")];
  const half = span(S - 1);
  for (let i = 0; i < held.lo.length; i++)
    check(
      `sums of ${name} that overlap in their word`,
      held.lo[i] >= -half && held.hi[i] < half,
      () => `a sum can be in [${held.lo[i]}, ${held.hi[i]}], in one of ${gc} slots of ${S} bits`,
    );
  const operation = program.operations[tensor] as OperationOf<"linear">;
  if (operation.weights.length === 0) return;
  const honest = boundsOfLinear(operation, x);
  for (let i = 0; i < held.lo.length; i++)
    check(
      "a value beyond its width",
      honest.lo[i] >= held.lo[i] && honest.hi[i] <= held.hi[i],
      () =>
        `element ${i} can be in [${honest.lo[i]}, ${honest.hi[i]}], and the circuit allows [${held.lo[i]}, ${held.hi[i]}]`,
    );
}

function ranges(size: number, range: (i: number) => Range): Bounds {
  const all = Array.from({ length: size }, (_, i) => range(i));
  return { lo: all.map(([lo]) => lo), hi: all.map(([, hi]) => hi) };
}
