import { bitLength } from "./arithmetic.js";

/**
 * What a table of constants costs in constraints: the counting side of TableOfBits in circuits/bits.circom. The low `l`
 * bits of the index choose within runs of 2^l entries, by monomials of these bits; the high bits choose between runs.
 */
export interface TableCost {
  /** Non-linear constraints, without those of the bits. */
  readonly cost: number;
  readonly linear: number;
}

/** More monomials than those of this many bits never pay. */
const MOST_MONOMIAL_BITS = 9;

/** A split of a table's bits, and its cost. */
export interface TableSplit extends TableCost {
  readonly l: number;
}

/** A table is asked for when it is chosen, when its program is priced and when its gadget is made. */
const known = new WeakMap<ArrayLike<number>, TableSplit>();

/** A search for the cheapest bits makes equal tables over and over. */
const equals = new Map<string, TableSplit>();
const MOST_EQUALS = 1000;
const MOST_ENTRIES = 4096;

/** The split of a table's bits that costs least. `table` has 2^k entries, which stay as they are. */
export function tableSplit(table: ArrayLike<number>): TableSplit {
  const split = known.get(table) ?? splitOfEqual(table);
  known.set(table, split);
  return split;
}

function splitOfEqual(table: ArrayLike<number>): TableSplit {
  if (table.length > MOST_ENTRIES) return cheapestSplit(table);
  const entries = Array.from(table).join();
  const split = equals.get(entries) ?? cheapestSplit(table);
  if (equals.size >= MOST_EQUALS) equals.clear();
  equals.set(entries, split);
  return split;
}

function cheapestSplit(table: ArrayLike<number>): TableSplit {
  const most = Math.min(bitLength(table.length - 1), MOST_MONOMIAL_BITS);
  return tableCosts(table, most)
    .map((cost, l) => ({ l, ...cost }))
    .reduce((best, next) => (2 * next.cost + next.linear < 2 * best.cost + best.linear ? next : best));
}

/** What TableOfBits(b, l, T) costs beside its bits. */
export function tableCost(table: ArrayLike<number>, l: number): TableCost {
  return tableCosts(table, l)[l];
}

/** The costs for 0 to `most` monomial bits. What runs have in common is found once for all. */
function tableCosts(table: ArrayLike<number>, most: number): TableCost[] {
  const coefficients = Float64Array.from(table);
  let runs: Run[] = Array.from(coefficients, (constant) => ({ constant, shape: 0 }));
  const costs: TableCost[] = [];
  for (let l = 0; ; l++) {
    const { products, sums } = multiplexer(runs, coefficients);
    costs.push({ cost: monomialProducts(coefficients, 2 ** l) + products, linear: sums });
    if (l === most) return costs;
    subtractHalves(coefficients, 2 ** l);
    runs = joinedRuns(runs);
  }
}

/** One more step from entries to the coefficients of monomials in the bits of the index. */
function subtractHalves(coefficients: Float64Array, half: number): void {
  for (let start = half; start < coefficients.length; start += 2 * half)
    for (let i = start; i < start + half; i++) coefficients[i] -= coefficients[i - half];
}

/** A run of entries: its first one, and a number for the differences of the others from it. */
interface Run {
  readonly constant: number;
  readonly shape: number;
}

function joinedRuns(runs: readonly Run[]): Run[] {
  const shapes = new Map<string, number>();
  return Array.from({ length: runs.length / 2 }, (_, h) => {
    const [left, right] = [runs[2 * h], runs[2 * h + 1]];
    const key = `${left.shape} ${right.shape} ${right.constant - left.constant}`;
    const shape = shapes.get(key) ?? shapes.size;
    shapes.set(key, shape);
    return { constant: left.constant, shape };
  });
}

/** Products that make the monomials of at least two bits which some run reads, with those that they are made of. */
function monomialProducts(coefficients: Float64Array, size: number): number {
  const read = new Uint8Array(size);
  for (let i = 0; i < coefficients.length; i++) if (coefficients[i] !== 0) read[i % size] = 1;
  let products = 0;
  for (let i = size - 1; i > 0; i--) {
    const rest = i - 2 ** (bitLength(i) - 1);
    if (rest === 0 || read[i] === 0) continue;
    read[rest] = 1;
    products++;
  }
  return products;
}

/** What a node of the multiplexer is: a constant and a number for all else in it. */
interface Node {
  readonly constant: number;
  readonly rest: string;
  /** Its terms other than the constant that are not zero, and the coefficient of the last of them. */
  readonly terms: number;
  readonly coefficient: number;
}

/** Choices of the multiplexer over runs of a table that are neither made before, nor between equals, nor linear. */
function multiplexer(runs: readonly Run[], coefficients: Float64Array): { products: number; sums: number } {
  const nodes = new Map<string, Node>();
  const keep = (key: string, make: () => Node): Node => {
    const node = nodes.get(key) ?? make();
    nodes.set(key, node);
    return node;
  };
  let products = 0;
  let sums = 0;
  const choose = (depth: number, left: Node, right: Node): Node => {
    const linear = left.rest === right.rest;
    const slope = right.constant - left.constant;
    if (!linear) products++;
    const isBit = left.constant === 0 && left.terms === 0 && slope === 1;
    if (linear && depth > 0 && !isBit) sums++;
    if (!linear || depth > 0) return { constant: 0, rest: `choice ${nodes.size}`, terms: 1, coefficient: 1 };
    return { ...left, rest: `${left.rest} + ${slope} bit`, terms: left.terms + 1, coefficient: slope };
  };
  const size = coefficients.length / runs.length;
  let level = runs.map(({ constant, shape }, h) =>
    keep(`${shape} ${constant}`, () => ({
      constant,
      rest: `run ${shape}`,
      ...termsOf(coefficients.subarray(h * size + 1, (h + 1) * size)),
    })),
  );
  for (let depth = 0; level.length > 1; depth++) {
    level = Array.from({ length: level.length / 2 }, (_, h) => {
      const [left, right] = [level[2 * h], level[2 * h + 1]];
      if (left === right) return left;
      const key = `${depth}: ${left.rest} ${left.constant}, ${right.rest} ${right.constant}`;
      return keep(key, () => choose(depth, left, right));
    });
  }
  // The result is another name for a constant or for a wire, or else a sum.
  const [{ constant, terms, coefficient }] = level;
  const isWire = terms === 1 && constant === 0 && coefficient === 1;
  if (terms > 0 && !isWire) sums++;
  return { products, sums };
}

function termsOf(coefficients: Float64Array): Pick<Node, "terms" | "coefficient"> {
  let [terms, coefficient] = [0, 0];
  for (const value of coefficients) {
    if (value === 0) continue;
    terms++;
    coefficient = value;
  }
  return { terms, coefficient };
}
