import { evaluateCombination, type R1cs } from "../circom/r1cs.js";
import { mod } from "../groth16/field.js";

/**
 * The derivatives of a circuit's constraints at a witness. Row i is that of `A_i B_i - C_i`: for each wire its
 * coefficient in `(A_i w) B_i + (B_i w) A_i - C_i`. Only where they are not 0 is kept; the numbers are made when asked for.
 */
export class Jacobian {
  /** Wires of row i: `wires[starts[i]]` up to `wires[starts[i + 1]]`. */
  readonly starts: Uint32Array;
  readonly wires: Uint32Array;
  /** Rows of a wire, in the same way. */
  readonly columnStarts: Uint32Array;
  readonly rows: Uint32Array;

  constructor(
    readonly r1cs: R1cs,
    readonly witness: readonly bigint[],
  ) {
    const { constraints, wireCount } = r1cs;
    this.starts = new Uint32Array(constraints + 1);
    const wires = new Uint32Array(r1cs.wires.length);
    let at = 0;
    for (let i = 0; i < constraints; i++) {
      for (const [wire, value] of this.row(i)) if (value !== 0n) wires[at++] = wire;
      this.starts[i + 1] = at;
    }
    this.wires = wires.slice(0, at);
    this.columnStarts = new Uint32Array(wireCount + 1);
    for (const wire of this.wires) this.columnStarts[wire + 1]++;
    for (let wire = 0; wire < wireCount; wire++) this.columnStarts[wire + 1] += this.columnStarts[wire];
    const next = this.columnStarts.slice();
    this.rows = new Uint32Array(at);
    for (let i = 0; i < constraints; i++)
      for (let t = this.starts[i]; t < this.starts[i + 1]; t++) this.rows[next[this.wires[t]]++] = i;
  }

  wiresOf(row: number): Uint32Array {
    return this.wires.subarray(this.starts[row], this.starts[row + 1]);
  }

  rowsOf(wire: number): Uint32Array {
    return this.rows.subarray(this.columnStarts[wire], this.columnStarts[wire + 1]);
  }

  /** The coefficients of a row by wire, of [0, field order); some may be 0. */
  row(i: number): Map<number, bigint> {
    const { starts } = this.r1cs;
    const row = new Map<number, bigint>();
    // A constraint without products is linear as it stands.
    const isLinear = starts[3 * i] === starts[3 * i + 1] || starts[3 * i + 1] === starts[3 * i + 2];
    if (!isLinear) {
      this.add(row, 3 * i + 1, evaluateCombination(this.r1cs, 3 * i, this.witness));
      this.add(row, 3 * i, evaluateCombination(this.r1cs, 3 * i + 1, this.witness));
    }
    this.add(row, 3 * i + 2, -1n);
    for (const [wire, value] of row) row.set(wire, mod(value));
    return row;
  }

  private add(row: Map<number, bigint>, combination: number, factor: bigint): void {
    if (factor === 0n) return;
    const { starts, wires, coefficients, values } = this.r1cs;
    for (let t = starts[combination]; t < starts[combination + 1]; t++) {
      const wire = wires[t];
      row.set(wire, (row.get(wire) ?? 0n) + factor * values[coefficients[t]]);
    }
  }
}
