import { FIELD_ORDER } from "../circom/field.js";
import { constraintsOfWires, type R1cs } from "../circom/r1cs.js";

/**
 * Colors of the wires of a constraint system that do not depend on their numbers: public ones begin with their own, others
 * with the same; then each wire takes up the colors of the rows that it is in, until no further wires can be told apart
 * (color refinement: B. Weisfeiler, A. Leman, 1968). Two halves of 32 bits make a color.
 */
export class RowColors {
  private high: Int32Array;
  private low: Int32Array;
  private readonly values: readonly [Int32Array, Int32Array];
  private readonly negated: readonly [Int32Array, Int32Array];
  /** Of the row that was looked at: its color in both halves, where A and B end, and whether it has no product. */
  private readonly rowColor: [number, number] = [0, 0];
  private ends: readonly [number, number] = [0, 0];
  private isLinear = false;
  private rowsOfWires?: ReturnType<typeof constraintsOfWires>;

  constructor(private readonly r1cs: R1cs) {
    const { wireCount, values } = r1cs;
    const named = 1 + r1cs.publicOutputs + r1cs.publicInputs;
    const start = (seed: number) =>
      Int32Array.from({ length: wireCount }, (_, wire) => mix(seed, wire < named ? wire + 1 : 0));
    [this.high, this.low] = [start(11), start(77)];
    const hashes = (seed: number, sign: bigint) =>
      Int32Array.from(values, (value) => hashOf(sign * value, seed));
    this.values = [hashes(5, 1n), hashes(9, 1n)];
    this.negated = [hashes(5, -1n), hashes(9, -1n)];
    this.refine();
  }

  keyOf(wire: number): string {
    return `${this.high[wire]}:${this.low[wire]}`;
  }

  /** The wires of each color. */
  classes(): Map<string, number[]> {
    const found = new Map<string, number[]>();
    for (let wire = 0; wire < this.r1cs.wireCount; wire++) {
      const key = this.keyOf(wire);
      const same = found.get(key);
      if (same === undefined) found.set(key, [wire]);
      else same.push(wire);
    }
    return found;
  }

  private refine(): void {
    const { constraints, wireCount, starts, wires } = this.r1cs;
    for (let distinct = 0; ;) {
      const found = this.classes().size;
      if (found === distinct) return;
      distinct = found;
      const [high, low] = [new Int32Array(wireCount), new Int32Array(wireCount)];
      for (let row = 0; row < constraints; row++) {
        this.lookAt(row);
        for (let t = starts[3 * row]; t < starts[3 * row + 3]; t++) {
          const wire = wires[t];
          high[wire] = (high[wire] + this.seen(t, 0)) | 0;
          low[wire] = (low[wire] + this.seen(t, 1)) | 0;
        }
      }
      for (let wire = 0; wire < wireCount; wire++) this.take(wire, high[wire], low[wire]);
    }
  }

  /**
   * Tells one wire from those of its color, and all that follows from it.
   * @param ambiguous wires that share their color with others: all others stay as they are
   */
  single(wire: number, ambiguous: ReadonlySet<number>): void {
    const { starts, wires } = this.r1cs;
    const done = new Set([wire]);
    this.take(wire, 1, 1);
    for (let changed = [wire]; changed.length > 0;) {
      const rows = new Set(changed.flatMap((one) => this.rowsOf(one)));
      const sums = new Map<number, [number, number]>();
      for (const row of rows) {
        this.lookAt(row);
        for (let t = starts[3 * row]; t < starts[3 * row + 3]; t++) {
          const other = wires[t];
          if (!ambiguous.has(other) || done.has(other)) continue;
          const sum = sums.get(other) ?? [0, 0];
          sums.set(other, [(sum[0] + this.seen(t, 0)) | 0, (sum[1] + this.seen(t, 1)) | 0]);
        }
      }
      changed = [...sums.keys()];
      for (const [other, [h, l]] of sums) {
        this.take(other, h, l);
        done.add(other);
      }
    }
  }

  private take(wire: number, high: number, low: number): void {
    this.high[wire] = mix(this.high[wire], high);
    this.low[wire] = mix(this.low[wire], low);
  }

  /** Colors the row for {@link seen}. A row without a product is the same with all its signs changed. */
  private lookAt(row: number): void {
    const { starts } = this.r1cs;
    this.isLinear = isLinear(this.r1cs, row);
    this.ends = [starts[3 * row + 1], starts[3 * row + 2]];
    for (let half = 0; half < 2; half++) {
      let color = half === 0 ? 3 : 7;
      for (let side = 0; side < 3; side++)
        color = mix(color, this.side(starts[3 * row + side], starts[3 * row + side + 1], side, half));
      this.rowColor[half] = color;
    }
  }

  /** What the row that was looked at is like from its term t. */
  private seen(t: number, half: number): number {
    const side = t < this.ends[0] ? 0 : t < this.ends[1] ? 1 : 2;
    const coefficient = this.r1cs.coefficients[t];
    if (!this.isLinear) return mix(mix(this.rowColor[half], this.values[half][coefficient]), side);
    // The factors of a row without a product say nothing.
    if (side < 2) return 0;
    const either = this.values[half][coefficient] ^ this.negated[half][coefficient];
    return mix(mix(this.rowColor[half], either), side);
  }

  private side(start: number, end: number, side: number, half: number): number {
    if (this.isLinear && side < 2) return 0;
    const { wires, coefficients } = this.r1cs;
    const [values, negated, colors] = [
      this.values[half],
      this.negated[half],
      half === 0 ? this.high : this.low,
    ];
    let [sum, opposite] = [0, 0];
    for (let t = start; t < end; t++) {
      const color = colors[wires[t]];
      sum = (sum + mix(values[coefficients[t]], color)) | 0;
      if (this.isLinear) opposite = (opposite + mix(negated[coefficients[t]], color)) | 0;
    }
    return this.isLinear ? sum ^ opposite : sum;
  }

  private rowsOf(wire: number): number[] {
    const { starts, users } = (this.rowsOfWires ??= constraintsOfWires(this.r1cs));
    return Array.from(users.subarray(starts[wire], starts[wire + 1]));
  }
}

/** Whether a row has no product: one of its factors is 0, whatever the wires are. */
export function isLinear({ starts }: R1cs, row: number): boolean {
  return starts[3 * row] === starts[3 * row + 1] || starts[3 * row + 1] === starts[3 * row + 2];
}

/** Finalizer of MurmurHash3 (A. Appleby). */
function mix(hash: number, value: number): number {
  let h = Math.imul(hash ^ value, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hashOf(value: bigint, seed: number): number {
  let rest = ((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER;
  let hash = seed;
  for (let word = 0; word < 8; word++, rest >>= 32n) hash = mix(hash, Number(rest & 0xffffffffn));
  return hash;
}
