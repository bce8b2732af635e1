import { expect } from "chai";
import fc from "fast-check";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { decodePlan, encodePlan } from "../../src/link/planFile.js";
import type { WitnessPlan } from "../../src/link/witnessPlan.js";

const PLAN: WitnessPlan = {
  wireCount: 9,
  inputs: [
    { name: "x", wires: Int32Array.of(3, 4) },
    { name: "salt", wires: Int32Array.of(5) },
  ],
  tensors: [{ tensor: 2, wires: Int32Array.of(6, -1) }],
  gadgets: [
    {
      inputs: [{ name: "in", size: 1 }],
      ...{ inputCount: 1, outputCount: 1, innerCount: 2 },
      wasm: Uint8Array.of(0, 97, 115, 109, 1),
    },
  ],
  instances: Int32Array.of(0, 7, 6, 1),
  constants: [0n, 2n ** 250n],
  same: Int32Array.of(2, -1),
};

describe("the file of a witness's plan", () => {
  it("holds a plan, at any place in memory", () => {
    const bytes = encodePlan(PLAN);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const read of [bytes, shifted.subarray(3), Buffer.from(bytes)])
      expect(decodePlan(read, "main.witness")).to.deep.equal({
        ...PLAN,
        gadgets: PLAN.gadgets.map((gadget) => ({ ...gadget, wasm: decodePlan(bytes, "").gadgets[0].wasm })),
      });
    expect(Array.from(decodePlan(bytes, "").gadgets[0].wasm)).to.deep.equal(Array.from(PLAN.gadgets[0].wasm));
  });

  it("is refused where it is damaged, and never crashes", () => {
    const bytes = encodePlan(PLAN);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodePlan(bytes.subarray(0, length), "main.witness"), `${length} bytes`).to.throw(
        Torch2CircomError,
        /main\.witness is damaged/,
      );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at] ^= change;
        try {
          decodePlan(damaged, "main.witness");
        } catch (error) {
          expect(error).to.be.instanceOf(Torch2CircomError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
