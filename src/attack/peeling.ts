import type { Jacobian } from "./jacobian.js";

/**
 * Which wires are pinned when some are given: a row of the Jacobian with one open wire pins it, which may leave another
 * row with one. Linear time, since each row keeps how many open wires it has, and these wires' exclusive or: the last
 * one is what the latter is then. Rows count from their step on, so that no wire is pinned by what is made of it.
 */
export class Peeling {
  /** Rows that pin a wire, in order, with the wire of each. */
  readonly order: { readonly row: number; readonly wire: number }[] = [];
  private readonly open: Uint8Array;
  private readonly left: Uint32Array;
  private readonly last: Uint32Array;
  private readonly ready: number[] = [];
  private readonly rowsOfStep = new Map<number, number[]>();
  private step = -1;

  constructor(
    private readonly jacobian: Jacobian,
    isGiven: (wire: number) => boolean,
    private readonly stepOfRow: Int32Array,
  ) {
    const { constraints, wireCount } = jacobian.r1cs;
    this.open = Uint8Array.from({ length: wireCount }, (_, wire) => (isGiven(wire) ? 0 : 1));
    this.left = new Uint32Array(constraints);
    this.last = new Uint32Array(constraints);
    for (let row = 0; row < constraints; row++) {
      const list = this.rowsOfStep.get(stepOfRow[row]);
      if (list) list.push(row);
      else this.rowsOfStep.set(stepOfRow[row], [row]);
      for (const wire of jacobian.wiresOf(row)) {
        if (this.open[wire] === 0) continue;
        this.left[row]++;
        this.last[row] ^= wire;
      }
    }
  }

  /** Lets the rows of the next step count. */
  advance(): void {
    this.step++;
    // The first rows last, so that they are taken first.
    const rows = this.rowsOfStep.get(this.step)?.reverse() ?? [];
    for (const row of rows) if (this.left[row] === 1) this.ready.push(row);
    this.run();
  }

  /** Rows that count and have a coefficient for a wire. */
  rowsOf(wire: number): Uint32Array {
    return this.jacobian.rowsOf(wire).filter((row) => this.stepOfRow[row] <= this.step);
  }

  /** Takes a wire as given, and pins what follows. */
  give(wire: number): void {
    this.close(wire);
    this.run();
  }

  isOpen(wire: number): boolean {
    return this.open[wire] === 1;
  }

  openIn(row: number): number {
    return this.left[row];
  }

  private run(): void {
    for (let row = this.ready.pop(); row !== undefined; row = this.ready.pop()) {
      if (this.left[row] !== 1) continue;
      const wire = this.last[row];
      this.order.push({ row, wire });
      this.close(wire);
    }
  }

  private close(wire: number): void {
    this.open[wire] = 0;
    for (const row of this.jacobian.rowsOf(wire)) {
      this.left[row]--;
      this.last[row] ^= wire;
      if (this.left[row] === 1 && this.stepOfRow[row] <= this.step) this.ready.push(row);
    }
  }
}
