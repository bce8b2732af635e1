import { expect } from "chai";
import fc from "fast-check";
import { compareExhaustively } from "../helpers/enumerate.js";
import { compileGadget, type Gadget } from "../helpers/gadget.js";
import { honest, mutateEveryWire } from "../helpers/soundness.js";

/** One instance of a gadget and all that is claimed of it. */
export interface GadgetClaim {
  /** File of `circuits/` without its ending, and the main component, e.g. "RequantizeReLU(9, 8)". */
  readonly file: string;
  readonly main: string;
  readonly nonlinear: number;
  readonly linear?: number;
  /** Least and greatest value of each input; an input array is `{ in: [count, lo, hi] }`. */
  readonly domain: Readonly<
    Record<string, readonly [lo: number, hi: number] | readonly [n: number, lo: number, hi: number]>
  >;
  /** The integer reference; outputs by signal name. */
  readonly reference: (
    inputs: Readonly<Record<string, number[]>>,
  ) => Readonly<Record<string, number | number[]>>;
  /** Inputs to be visited exhaustively over this prime; without it, only random and edge inputs are tried. */
  readonly prime?: number;
  /** Hints that may take several values, with the reason why that does no harm. */
  readonly free?: (inputs: Readonly<Record<string, number[]>>) => Readonly<Record<string, string>>;
}

export function compileClaim({ file, main }: Pick<GadgetClaim, "file" | "main">): Promise<Gadget> {
  const name = main.replace(/\W+/g, "_").slice(0, 60);
  return compileGadget(
    name,
    `pragma circom 2.1.6;\ninclude "torch2circom/circuits/${file}.circom";\ncomponent main = ${main};\n`,
  );
}

/** Tests of one claim: its constraint count, honest witnesses, mutations of every wire, exhaustive enumeration. */
export function itHolds(claim: GadgetClaim): void {
  it(`${claim.main.length < 80 ? claim.main : `${claim.main.slice(0, 77)}...`} costs ${claim.nonlinear} and is its reference, and nothing else`, async () => {
    const gadget = await compileClaim(claim);
    expect(gadget.constraints.nonlinear, "non-linear constraints").to.equal(claim.nonlinear);
    if (claim.linear !== undefined)
      expect(gadget.constraints.linear, "linear constraints").to.equal(claim.linear);
    const axes = Object.entries(claim.domain).map(([name, range]) =>
      range.length === 2
        ? { name, n: 0, lo: range[0], hi: range[1] }
        : { name, n: range[0], lo: range[1], hi: range[2] },
    );
    const arbitrary = fc.record(
      Object.fromEntries(
        axes.map(({ name, n, lo, hi }) => {
          const length = Math.max(n, 1);
          const edge = fc.constantFrom(lo, hi, Math.max(lo, Math.min(hi, 0)), Math.max(lo, Math.min(hi, -1)));
          const value = fc.oneof(
            { weight: 4, arbitrary: fc.integer({ min: lo, max: hi }) },
            { weight: 1, arbitrary: edge },
          );
          return [name, fc.array(value, { minLength: length, maxLength: length })];
        }),
      ),
    );
    const signalsOf = (inputs: Readonly<Record<string, number[]>>) =>
      Object.fromEntries(axes.map(({ name, n }) => [name, n === 0 ? inputs[name][0] : inputs[name]]));
    fc.assert(
      fc.property(arbitrary, (inputs) => {
        honest(gadget, signalsOf(inputs), claim.reference(inputs));
      }),
      { numRuns: 60 },
    );
    for (const inputs of fc.sample(arbitrary, 4)) {
      const accepted = mutateEveryWire(gadget, signalsOf(inputs), { free: claim.free?.(inputs) });
      expect(accepted, `mutations accepted for ${JSON.stringify(inputs)}`).to.deep.equal([]);
    }
    if (claim.prime !== undefined) {
      const names = axes.flatMap(({ name, n, lo, hi }) =>
        Array.from({ length: Math.max(n, 1) }, (_, i) => ({
          name,
          key: n === 0 ? name : `${name}[${i}]`,
          lo,
          hi,
        })),
      );
      const problems = compareExhaustively(gadget, {
        prime: claim.prime,
        domain: Object.fromEntries(names.map(({ key, lo, hi }) => [key, [lo, hi] as const])),
        reference: (point) => {
          const inputs: Record<string, number[]> = {};
          for (const { name, key } of names) (inputs[name] ??= []).push(point[key]);
          return Object.fromEntries(
            Object.entries(claim.reference(inputs)).flatMap(([name, value]) =>
              typeof value === "number" ? [[name, value]] : value.map((v, i) => [`${name}[${i}]`, v]),
            ),
          );
        },
      });
      expect(problems, "inputs whose witnesses are not exactly the reference").to.deep.equal([]);
    }
  });
}
