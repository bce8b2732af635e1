import { expect } from "chai";
import { Jacobian } from "../../src/attack/jacobian.js";
import { kernelAt } from "../../src/attack/kernel.js";
import { Trials } from "../../src/attack/trials.js";
import type { AttackTarget } from "../../src/attack/types.js";
import { ATTACKS } from "../../src/attack/attack.js";
import { FIELD_ORDER } from "../../src/circom/field.js";
import { BUILDS, deletions } from "./deletions.js";
import { constraintsNaming, run, withoutConstraint } from "./target.js";

/** Circuits from which one constraint was taken: the attack is to see that it is gone. */
describe("attack on circuits that lack a constraint", function () {
  let attention: AttackTarget;
  let secret: AttackTarget;
  before(async () => {
    attention = await BUILDS["attention with a mask, layer norm"]();
    secret = await BUILDS["dense, private weights"]();
  });
  const without = (target: AttackTarget, constraint: number): AttackTarget => ({
    ...target,
    r1cs: withoutConstraint(target.r1cs, constraint),
  });
  /** The constraint that assigns a product to a wire. */
  const making = (target: AttackTarget, name: RegExp): number => {
    const { starts, wires } = target.r1cs;
    return constraintsNaming(target, name).find((i) => {
      const [c, end] = [starts[3 * i + 2], starts[3 * i + 3]];
      return end - c === 1 && starts[3 * i] < c && name.test(target.signals.nameOf[wires[c]]);
    })!;
  };

  it("finds a round of the hash that nothing makes, and follows it to another commitment", async () => {
    for (const name of [/\.square\[40\]$/, /\.fourth\[20\]$/, /\.fifth\[60\]$/]) {
      const { of } = await run(without(secret, making(secret, name)), { ids: ["kernel"] });
      const [hole] = of("kernel").holes;
      // All constraints accept it, to the commitment that is shown.
      expect(hole.what, String(name)).to.contain("moved").and.not.to.contain("up to");
      expect(hole.evidence).to.contain("more wires").and.not.to.contain("tangent");
    }
    // The directed family moves a sample of all wires: here there is no other.
    const own = making(attention, /\.square\[40\]$/);
    const { of } = await run(without(attention, own), { ids: ["hash"] });
    expect(of("hash").tried).to.be.greaterThan(50);
  });

  it("finds a product that nothing makes", async () => {
    for (const [target, name, ids] of [
      // What follows from a square of a norm is held in range: it is not free to first order, but another one is found.
      [attention, /scale\.square\[1\]$/, ["products"]],
      [attention, /matmul.*\.block\[0\]\[0\]\.product\[1\]$/, ["products"]],
      [secret, /\.sums\[0\]\[0\]\.product\[1\]$/, ["products"]],
      [secret, /\.fourth\[30\]$/, ["kernel"]],
    ] as const) {
      const { of } = await run(without(target, making(target, name)), { ids });
      for (const id of ids) expect(of(id).holes.length, `${id} ${String(name)}`).to.be.greaterThan(0);
    }
  });

  it("finds a bit that may be any number, the range of digits, and a sum that nothing makes", async () => {
    const name = /out_layerNorm\.gadget\[1\]\.bit\[1\]$/;
    const { starts } = attention.r1cs;
    const size = (i: number): number => starts[3 * i + 3] - starts[3 * i];
    const [range, ...rest] = constraintsNaming(attention, name).sort((a, b) => size(a) - size(b));
    const { of } = await run(without(attention, range), { ids: ["follow"], seconds: 20 });
    expect(of("follow").holes.length).to.be.greaterThan(0);
    const spelt = rest.find((i) => starts[3 * i] < starts[3 * i + 1])!;
    const digits = await run(without(attention, spelt), { ids: ["follow"], seconds: 20 });
    expect(digits.of("follow").holes.length).to.be.greaterThan(0);
    const sum = Array.from({ length: attention.r1cs.constraints }, (_, i) => i).find(
      (i) => starts[3 * i] === starts[3 * i + 2] && size(i) > 3,
    )!;
    const sums = await run(without(attention, sum), { ids: ["kernel", "products"] });
    for (const id of ["kernel", "products"]) expect(sums.of(id).holes.length, id).to.be.greaterThan(0);
  });

  it("pins every wire of a whole circuit but the documented ones, at every sample", () => {
    for (const target of [attention, secret]) {
      const { cells, freedom } = new Trials(target);
      for (const witness of [target.witness, ...target.donors]) {
        const kernel = kernelAt(new Jacobian(target.r1cs, witness), target.signals, cells.stepOfConstraint);
        for (const { moves } of kernel)
          for (const wire of moves.keys())
            expect(freedom.reasonFor(wire), target.signals.nameOf[wire]).to.be.a("string");
      }
    }
  });

  it("movements of the kernel satisfy every row of the Jacobian", () => {
    const broken = without(secret, making(secret, /\.square\[40\]$/));
    const jacobian = new Jacobian(broken.r1cs, broken.witness);
    const kernel = kernelAt(jacobian, broken.signals, new Trials(broken).cells.stepOfConstraint);
    const { moves, step } = kernel.find((movement) => movement.moves.size > 100)!;
    const { stepOfConstraint } = new Trials(broken).cells;
    for (let i = 0; i < broken.r1cs.constraints; i++) {
      if (stepOfConstraint[i] > step) continue;
      let sum = 0n;
      for (const [wire, value] of jacobian.row(i)) sum += value * (moves.get(wire) ?? 0n);
      expect(sum % FIELD_ORDER, `row ${i}`).to.equal(0n);
    }
  });

  it("finds 16 of 16 constraints that are deleted at random", async () => {
    const left = new Set(Array.from({ length: 16 }, (_, i) => i));
    // The quickest family first; what it finds is not asked of the others.
    for (const id of ["products", "follow", "kernel", "hash"]) {
      const families = ATTACKS.filter((family) => family.id === id);
      const parameters = { count: 16, seed: 5, seconds: 10, enough: 1, families, only: new Set(left) };
      for await (const { number, holes } of deletions(attention, parameters))
        if (holes.size > 0) left.delete(number);
    }
    expect([...left]).to.deep.equal([]);
  });
});
