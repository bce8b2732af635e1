import { expect } from "chai";
import fc from "fast-check";
import * as reference from "poseidon-lite";
import { FIELD_ORDER } from "../../src/circom/field.js";
import { poseidon } from "../../src/client/poseidon.js";

type Hash = (inputs: bigint[]) => bigint;

describe("the client's Poseidon", function () {
  for (let size = 1; size <= 16; size++) {
    it(`of ${size} elements is circomlib's, by an implementation with constants written out`, () => {
      const hash = (reference as unknown as Record<string, Hash>)[`poseidon${size}`];
      const element = fc.bigInt({ min: 0n, max: FIELD_ORDER - 1n });
      fc.assert(
        fc.property(fc.array(element, { minLength: size, maxLength: size }), (elements) => {
          expect(poseidon(elements)).to.equal(hash([...elements]));
        }),
        { numRuns: 5 },
      );
    });
  }

  it("refuses other numbers of elements", () => {
    for (const size of [0, 17])
      expect(() => poseidon(new Array<bigint>(size).fill(1n))).to.throw(RangeError, "1 to 16");
  });
});
