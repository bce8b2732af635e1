import { Torch2CircomError } from "../errors/torch2circomError.js";
import { FIELD_ORDER } from "../circom/field.js";

/** A place of a signal in a circuit that is being linked. Several can turn out to be one wire, or a constant. */
export type Ref = number;

/**
 * The wires of a circuit while it is linked: refs that rows declare equal become one (R. E. Tarjan, JACM 1975), and those
 * that rows declare constant have no wire. The first ref of a set stands for it, so that public signals keep their wires.
 */
export class Wires {
  private parents = new Int32Array(1 << 12);
  private readonly constants = new Map<Ref, bigint>();
  private used = 0;

  /** The first refs: expressions of claims know an element that is constantly 0 by this number. */
  readonly zero: Ref = this.constant(0n);
  readonly one: Ref = this.fresh(1);

  get count(): number {
    return this.used;
  }

  /** @returns the first of `count` new refs */
  fresh(count: number): Ref {
    const first = this.used;
    this.used += count;
    if (this.used > this.parents.length) {
      const parents = new Int32Array(Math.max(this.used, 2 * this.parents.length));
      parents.set(this.parents);
      this.parents = parents;
    }
    for (let ref = first; ref < this.used; ref++) this.parents[ref] = ref;
    return first;
  }

  constant(value: bigint): Ref {
    const ref = this.fresh(1);
    this.fix(ref, value);
    return ref;
  }

  /** The ref that stands for all that are equal to this one. */
  rootOf(ref: Ref): Ref {
    let root = ref;
    while (this.parents[root] !== root) root = this.parents[root];
    for (let at = ref; at !== root;) {
      const next = this.parents[at];
      this.parents[at] = root;
      at = next;
    }
    return root;
  }

  /** The constant that a ref is, in [0, r); undefined where it is a wire. */
  constantOf(ref: Ref): bigint | undefined {
    return this.constants.get(this.rootOf(ref));
  }

  unite(a: Ref, b: Ref): void {
    const [x, y] = [this.rootOf(a), this.rootOf(b)];
    if (x === y) return;
    const [root, other] = x < y ? [x, y] : [y, x];
    const value = this.constants.get(other);
    this.parents[other] = root;
    this.constants.delete(other);
    if (value !== undefined) this.fix(root, value);
  }

  fix(ref: Ref, value: bigint): void {
    const root = this.rootOf(ref);
    const reduced = ((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER;
    const known = this.constants.get(root);
    if (known !== undefined && known !== reduced)
      throw new Torch2CircomError(
        "INTERNAL_CHECK_FAILED",
        `The circuit asks a wire to be ${known} and ${reduced}`,
        "This is a defect of torch2circom: please report it with the model.",
      );
    this.constants.set(root, reduced);
  }

  /**
   * Numbers the wires: those of the constant 1 and of `first` in this order, even where they are constants, then all others.
   *
   * @returns the wire of each ref, -1 for a constant; and how many wires there are
   */
  number(first: readonly Ref[]): { wireOf: Int32Array; count: number } {
    const wireOf = new Int32Array(this.used).fill(-1);
    let count = 0;
    for (const ref of [this.one, ...first]) {
      const root = this.rootOf(ref);
      if (wireOf[root] < 0) wireOf[root] = count++;
    }
    for (let ref = 0; ref < this.used; ref++) {
      const root = this.rootOf(ref);
      if (wireOf[root] < 0 && !this.constants.has(root)) wireOf[root] = count++;
      wireOf[ref] = wireOf[root];
    }
    return { wireOf, count };
  }
}
