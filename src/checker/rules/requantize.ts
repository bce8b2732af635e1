import { asserted, same, type Check } from "../findings.js";
import { rounded, span } from "../numbers.js";
import { type Instance, type Rule, within } from "./rule.js";

type Requantize = Instance<"requantize">;

/** Parameters that are given a block of consecutive elements: by its number, and that of an element's block. */
interface Blocks<N extends string> {
  readonly count: number;
  of(name: N, block: number): number;
  blockOf(i: number): number;
}

function perBlock<N extends string>(
  { operation: { size }, arguments: own, check }: Requantize,
  names: readonly N[],
): Blocks<N> | undefined {
  const count = own.number("blocks");
  same(check, "count", own.number("count"), size);
  const lists = new Map(names.map((name) => [name, own.list(name)]));
  const fits = [...lists].map(([name, list]) => same(check, `the length of ${name}`, list.length, count));
  const divides = check(
    "blocks of unequal size",
    count >= 1 && size % count === 0,
    () => `${size} in ${count}`,
  );
  if (!divides || fits.includes(false)) return undefined;
  return {
    count,
    of: (name, block) => lists.get(name)![block],
    blockOf: (i) => Math.floor((i * count) / size),
  };
}

/** The shift is the program's, and the template takes the widths. */
function shiftsFit(
  { operation: { size, shift, blocks: shifts }, check }: Requantize,
  blocks: Blocks<"shift">,
  conditions: (block: number) => Readonly<Record<string, boolean>>,
): boolean {
  let fits = true;
  for (let i = 0; i < size; i++)
    fits =
      same(check, "shift", blocks.of("shift", blocks.blockOf(i)), shift[Math.floor((i * shifts) / size)]) &&
      fits;
  for (let block = 0; block < blocks.count; block++) fits = asserted(check, conditions(block)) && fits;
  return fits;
}

function clamps({ operation, check }: Requantize, lo: number | null, hi: number | null): void {
  check(
    "another range is kept",
    lo === operation.lo && hi === operation.hi,
    () => `[${lo}, ${hi}] in the circuit, and [${operation.lo}, ${operation.hi}] by the program`,
  );
}

export const requantize: Rule<"requantize"> = {
  kind: "requantize",
  check(instance) {
    clamps(instance, null, null);
    const blocks = perBlock(instance, ["shift", "resultBits", "least"]);
    if (blocks === undefined) return;
    const [f, w, lo] = (["shift", "resultBits", "least"] as const).map(
      (name) => (block: number) => blocks.of(name, block),
    );
    const fits = shiftsFit(instance, blocks, (i) => ({
      [`shift >= 0, shift = ${f(i)}`]: f(i) >= 0,
      // Where nothing is shifted away there is no decomposition.
      [`resultBits >= 0 && shift + resultBits <= 200, shift = ${f(i)}, resultBits = ${w(i)}`]:
        f(i) === 0 || (w(i) >= 0 && f(i) + w(i) <= 200),
    }));
    if (!fits) return;
    const ranges = Array.from({ length: blocks.count }, (_, block) => {
      const least = BigInt(lo(block));
      return f(block) === 0 ? undefined : ([least, least + span(w(block)) - 1n] as const);
    });
    within(
      instance.check,
      instance.x,
      (i) => ranges[blocks.blockOf(i)],
      (x, i) => rounded(x, f(blocks.blockOf(i))),
    );
  },
};

export const relu: Rule<"requantize"> = {
  kind: "requantize",
  check(instance) {
    clamps(instance, 0, null);
    const blocks = perBlock(instance, ["shift", "magnitudeBits"]);
    if (blocks === undefined) return;
    const [f, k] = (["shift", "magnitudeBits"] as const).map(
      (name) => (block: number) => blocks.of(name, block),
    );
    const fits = shiftsFit(instance, blocks, (i) => ({
      [`shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200, shift = ${f(i)}, magnitudeBits = ${k(i)}`]:
        f(i) >= 0 && k(i) >= 1 && f(i) + k(i) <= 200,
    }));
    if (!fits) return;
    const tops = Array.from({ length: blocks.count }, (_, block) => span(k(block)) - 1n);
    within(
      instance.check,
      instance.x,
      (i) => [-tops[blocks.blockOf(i)], tops[blocks.blockOf(i)]],
      (x, i) => rounded(x, f(blocks.blockOf(i))),
    );
  },
};

export const clamp: Rule<"requantize"> = {
  kind: "requantize",
  check(instance) {
    const { arguments: own, check, x } = instance;
    const [c, lo] = [own.number("keptBits"), own.number("least")];
    if (!clampable(check, c)) return;
    clamps(instance, lo, lo + 2 ** c - 1);
    const blocks = perBlock(instance, ["shift", "excessBits"]);
    if (blocks === undefined) return;
    const [f, m] = (["shift", "excessBits"] as const).map(
      (name) => (block: number) => blocks.of(name, block),
    );
    const fits = shiftsFit(instance, blocks, (i) => ({
      [`shift >= 0 && excessBits >= 1, shift = ${f(i)}, excessBits = ${m(i)}`]: f(i) >= 0 && m(i) >= 1,
      [`shift + keptBits + excessBits <= 200, shift = ${f(i)}, keptBits = ${c}, excessBits = ${m(i)}`]:
        f(i) + c + m(i) <= 200,
    }));
    if (!fits) return;
    // How many kept ranges a value is beside the one that is kept.
    const tops = Array.from({ length: blocks.count }, (_, block) => span(m(block)) - 1n);
    within(
      check,
      x,
      (i) => [-tops[blocks.blockOf(i)], tops[blocks.blockOf(i)]],
      (value, i) => (rounded(value, f(blocks.blockOf(i))) - BigInt(lo)) >> BigInt(c),
    );
  },
};

function clampable(check: Check, c: number): boolean {
  return asserted(check, { [`keptBits >= 1, keptBits = ${c}`]: c >= 1 && c <= 50 });
}
