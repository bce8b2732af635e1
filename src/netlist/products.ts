import {
  bitLength,
  embeddingChoice,
  layerNormCost,
  matMulSlots,
  reciprocal,
  scaleRowCost,
  sharesCost,
} from "../program/arithmetic.js";
import { tableSplit } from "../program/tableCost.js";
import type { Differences } from "../program/differences.js";
import { operationIntervals } from "../program/intervals.js";
import { hull, type Bounds, type Intervals } from "../program/operations/bounds.js";
import type { LookupOperation } from "../program/operations/lookup.js";
import type { MatmulOperation } from "../program/operations/matmul.js";
import type { NormalizeOperation } from "../program/operations/normalize.js";
import type { ProductOperation } from "../program/operations/product.js";
import type { ReciprocalOperation } from "../program/operations/reciprocal.js";
import type { SoftmaxOperation } from "../program/operations/softmax.js";
import { gadgetCost, numbers, type Gadget } from "./gadgets.js";
import { square } from "../elementary/functions.js";

/** Gadgets that multiply computed values, or choose by them. Their costs are those of the templates' own notes. */

export function productGadget({ size }: ProductOperation): Gadget {
  return { template: "ProductLayer", cost: gadgetCost(size, 0), arguments: numbers({ count: size }) };
}

export function reciprocalGadget({ size, numerator: r }: ReciprocalOperation, x: Intervals): Gadget {
  const { lo, hi } = hull(x);
  const nb = bitLength(hi);
  const nq = bitLength(reciprocal(r, Math.max(1, lo)));
  return {
    template: "ReciprocalLayer",
    cost: gadgetCost(size * (1 + nq + 2 * nb), size),
    arguments: numbers({ count: size, exponent: r, quotientBits: nq, divisorBits: nb }),
  };
}

/** Widths are those of all elements that the blocks make: an element that is not wanted shares a word with others. */
export function matmulGadget(operation: MatmulOperation, intervals: readonly Intervals[]): Gadget {
  const { batch, rows: n, inner: d, columns: m, shift: f, causal } = operation;
  const all = allElements(operation, intervals);
  const bits = ({ lo, hi }: Bounds) => Math.max(f === 0 ? 1 : 0, bitLength(hi - lo));
  const slots = (range: Bounds) => matMulSlots({ n, d, m, causal }, f + bits(range));
  let range = rangeMade(all, operation, 1);
  // Wider slots may ask for other blocks, which may make further elements.
  for (let wider = true; wider;) {
    const made = rangeMade(all, operation, slots(range).gr);
    wider = made.lo < range.lo || made.hi > range.hi;
    range = { lo: Math.min(made.lo, range.lo), hi: Math.max(made.hi, range.hi) };
  }
  const causalZeros = causal ? (batch * n * (n - 1)) / 2 : 0;
  return {
    template: "MatMulLayer",
    cost: gadgetCost(batch * slots(range).cost, operation.size - causalZeros),
    arguments: numbers({
      ...{ batch, rows: n, inner: d, columns: m, causal: causal ? 1 : 0 },
      ...{ shift: f, resultBits: bits(range), least: range.lo },
    }),
  };
}

/** The intervals of all elements of a product, wanted or not. */
function allElements(operation: MatmulOperation, intervals: readonly Intervals[]): Intervals {
  return operationIntervals({ ...operation, causal: false }, intervals);
}

/** The range of the elements that blocks of `blockRows` rows make: see MatMulInSlots of circuits/matmul.circom. */
function rangeMade(
  all: Intervals,
  { batch, rows, columns, causal }: MatmulOperation,
  blockRows: number,
): Bounds {
  let [lo, hi] = [Infinity, -Infinity];
  for (let row = 0; row < batch * rows; row++) {
    const end = Math.min((Math.floor((row % rows) / blockRows) + 1) * blockRows, rows);
    const made = causal ? end + columns - rows : columns;
    for (let at = row * columns; at < row * columns + made; at++) {
      lo = Math.min(lo, all.lo[at]);
      hi = Math.max(hi, all.hi[at]);
    }
  }
  return { lo, hi };
}

export function lookupGadget({ size, width: d, table }: LookupOperation): Gadget {
  const n = size / d;
  const V = table.length / d;
  const T = { name: "table", value: { columns: d, entries: table } };
  const lo = table.reduce((a, b) => Math.min(a, b));
  const b = Math.max(1, bitLength(table.reduce((most, entry) => Math.max(most, entry - lo), 0)));
  const choice = embeddingChoice(V, d, b);
  if (choice.template === "Embedding") {
    return {
      template: "LookupLayer",
      cost: gadgetCost(n * choice.cost, n + size),
      arguments: [...numbers({ count: n, rows: V, columns: d }), T],
    };
  }
  const { l, packed, cost } = choice;
  // An entry is a sum of its digits, and a word one of its entries; unpacked, an entry is what was chosen, and `lo`.
  const sums = packed ? d + Math.ceil(d / Math.floor(253 / b)) : lo === 0 && 2 ** l < V ? 0 : d;
  return {
    template: "BinaryLookupLayer",
    cost: gadgetCost(n * cost, n * sums),
    arguments: [
      ...numbers({ count: n, rows: V, columns: d, entryBits: b, least: lo }),
      ...numbers({ monomialBits: l, packed: packed ? 1 : 0 }),
      T,
    ],
  };
}

export function softmaxGadget(operation: SoftmaxOperation, differences: Differences): Gadget {
  const { size, input, rows, table, numerator: r, fraction: p } = operation;
  let widest = 0;
  let start = 0;
  for (const length of rows) {
    for (let i = start; i < start + length; i++) {
      for (let j = i + 1; j < start + length; j++) widest = Math.max(widest, differences.bound(input, i, j));
    }
    start += length;
  }
  const b = bitLength(table.length - 1);
  const c = Math.max(0, bitLength(widest) - b);
  const { l, cost } = tableSplit(table);
  let nonlinear = 0;
  let linear = 0;
  for (const n of rows) {
    if (n === 1) continue; // its only element has the whole share: a constant
    linear += 2 * n + 3;
    nonlinear += n * (b + c + Math.min(c, 3) + cost) + n - 1 + sharesCost(n, table[0], r);
  }
  return {
    template: "SoftmaxLayer",
    cost: gadgetCost(nonlinear, linear),
    arguments: [
      ...numbers({ count: size, rows: rows.length }),
      { name: "lengths", value: Array.from(rows) },
      ...numbers({ indexBits: b, beyondBits: c, monomialBits: l }),
      { name: "table", value: Array.from(table) },
      ...numbers({ exponent: r, fractionBits: p }),
    ],
  };
}

export function normalizeGadget(operation: NormalizeOperation, x: Intervals): Gadget {
  const { size, row, centered, meanBits: u, epsilon, rootBits: t, drop: g } = operation;
  const { lo, hi } = hull(x);
  const each = centered
    ? layerNormCost(row, hi - lo, u, { epsilon, t, g })
    : scaleRowCost(row, row * square(Math.max(hi, -lo)), { epsilon, t, g });
  const meanOnly = centered ? numbers({ meanBits: u }) : [];
  return {
    template: centered ? "LayerNormLayer" : "RootMeanSquareNormLayer",
    cost: gadgetCost((size / row) * each, size + ((centered ? 4 : 2) * size) / row),
    arguments: [
      ...numbers({ count: size, columns: row, least: lo, most: hi }),
      ...meanOnly,
      ...numbers({ epsilon, rootBits: t, droppedBits: g }),
    ],
  };
}
