import { expect } from "chai";
import fc from "fast-check";
import { poseidon1, poseidon16, poseidon2, poseidon5 } from "poseidon-lite";
import { FIELD_ORDER } from "../../src/circom/field.js";
import { poseidonChain } from "../../src/client/commitment.js";
import { honest, mutateEveryWire } from "../helpers/soundness.js";
import { compileClaim } from "./gadget.js";

describe("circuits/poseidon", function () {
  const element = fc.bigInt({ min: 0n, max: FIELD_ORDER - 1n });
  const elements = (n: number) => fc.array(element, { minLength: n, maxLength: n });

  for (const [n, nonlinear, reference] of [
    [1, 213, poseidon1],
    [2, 240, poseidon2],
    [5, 321, poseidon5],
    [16, 609, poseidon16],
  ] as const) {
    it(`Poseidon of ${n} elements costs ${nonlinear} and agrees with an independent implementation`, async () => {
      const gadget = await compileClaim({ file: "poseidon", main: `PoseidonHash(${n})` });
      expect(gadget.constraints).to.deep.equal({ nonlinear, linear: 1 });
      fc.assert(
        fc.property(elements(n), (inputs) => {
          const witness = honest(gadget, { in: inputs }, {});
          expect(witness[gadget.wireOf.get("out")!]).to.equal(reference(inputs));
        }),
        { numRuns: 5 },
      );
      expect(
        mutateEveryWire(gadget, { in: Array.from({ length: n }, (_, i) => BigInt(i + 7)) }),
      ).to.deep.equal([]);
    });
  }

  for (const n of [1, 16, 17, 32]) {
    it(`the chain over ${n} elements is the client's`, async () => {
      const gadget = await compileClaim({ file: "poseidon", main: `PoseidonChain(12345, ${n})` });
      const [inputs] = fc.sample(elements(n), 1);
      const witness = honest(gadget, { in: inputs }, {});
      expect(witness[gadget.wireOf.get("out")!]).to.equal(poseidonChain([12345n, ...inputs]));
      const blocks = Math.ceil(n / 15);
      expect(gadget.constraints.linear).to.equal(blocks);
    });
  }
});
