import { FIELD_ORDER } from "../circom/field.js";
import type { R1cs } from "../circom/r1cs.js";
import { isLinear, RowColors } from "./rowColors.js";

/** How two constraint systems differ; nothing, if they are the same up to the numbers of wires and the order of rows. */
export interface Difference {
  /** Wires of one system that have no partner in the other. */
  readonly wires: number;
  readonly onlyInFirst: number;
  readonly onlyInSecond: number;
}

export interface Comparison {
  /** undefined: the systems are the same. */
  readonly difference?: Difference;
  /** For each wire of the first system its partner in the second, -1 without. */
  readonly partners: Int32Array;
}

/**
 * Compares two constraint systems in canonical form: wires are matched by their places in the rows, then rows are compared
 * as sets. Rows without a product may have all signs changed.
 */
export function compareSystems(first: R1cs, second: R1cs): Comparison {
  const partners = match(first, second);
  const ours = rowKeys(first, (wire) => partners[wire]);
  const theirs = rowKeys(second, (wire) => wire);
  const extra = (of: ReadonlyMap<string, number>, than: ReadonlyMap<string, number>) =>
    [...of].reduce((sum, [key, count]) => sum + Math.max(0, count - (than.get(key) ?? 0)), 0);
  const difference = {
    wires:
      partners.reduce((sum, partner) => sum + (partner < 0 ? 1 : 0), 0) +
      Math.max(0, second.wireCount - first.wireCount),
    onlyInFirst: extra(ours, theirs),
    onlyInSecond: extra(theirs, ours),
  };
  const isSame = Object.values(difference).every((count) => count === 0) && samePublics(first, second);
  return isSame ? { partners } : { difference, partners };
}

function samePublics(first: R1cs, second: R1cs): boolean {
  return first.publicOutputs === second.publicOutputs && first.publicInputs === second.publicInputs;
}

function match(first: R1cs, second: R1cs): Int32Array {
  const [a, b] = [new RowColors(first), new RowColors(second)];
  for (;;) {
    const [ours, theirs] = [a.classes(), b.classes()];
    const shared = [...ours].find(
      ([key, wires]) => wires.length > 1 && theirs.get(key)?.length === wires.length,
    );
    if (shared === undefined) {
      const partners = new Int32Array(first.wireCount).fill(-1);
      for (const [key, wires] of ours) {
        const others = theirs.get(key);
        if (wires.length === 1 && others?.length === 1) partners[wires[0]] = others[0];
      }
      return partners;
    }
    // Wires that nothing tells apart can be matched in any way: the first with the first, and what follows.
    const ambiguous = (classes: ReadonlyMap<string, readonly number[]>) =>
      new Set([...classes.values()].filter((wires) => wires.length > 1).flat());
    a.single(shared[1][0], ambiguous(ours));
    b.single(theirs.get(shared[0])![0], ambiguous(theirs));
  }
}

/** How often each row occurs, written with these names of wires. */
function rowKeys(r1cs: R1cs, nameOf: (wire: number) => number): Map<string, number> {
  const { constraints, starts, wires, coefficients, values } = r1cs;
  const keys = new Map<string, number>();
  const positive = values.map((value) => String(((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER));
  const negative = values.map((value) => String(((-value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER));
  for (let row = 0; row < constraints; row++) {
    const side = (k: number, names: readonly string[]): string => {
      const terms: string[] = [];
      for (let t = starts[3 * row + k]; t < starts[3 * row + k + 1]; t++)
        terms.push(`${nameOf(wires[t])}:${names[coefficients[t]]}`);
      return terms.sort().join(",");
    };
    let key: string;
    if (isLinear(r1cs, row)) {
      const [plus, minus] = [side(2, positive), side(2, negative)];
      key = plus < minus ? plus : minus;
    } else key = [0, 1, 2].map((k) => side(k, positive)).join("|");
    keys.set(key, (keys.get(key) ?? 0) + 1);
  }
  return keys;
}
