import { expect } from "chai";
import { FIELD_ORDER } from "../../src/circom/field.js";
import { compareExhaustively, enumerateWitnesses } from "./enumerate.js";
import { compileGadget } from "./gadget.js";
import { forge, honest, mutateEveryWire } from "./soundness.js";

// The harness is tested on circuits that are known to be unsound, after holes found in published circuits: what it
// does not find here, it would not find in our own.

const circuit = (body: string, main: string): string =>
  `pragma circom 2.1.6;\n${body}\ncomponent main = ${main};`;

/** Half-up rounding shift by f of a signed value in [-2^(f+k), 2^(f+k) - 2^(f-1)): every bit is constrained. */
const REQUANTIZE = `
template Requantize(f, k) {
  signal input in;
  signal output out;
  var width = f + k + 1;
  var shifted = in + (1 << (f - 1)) + (1 << (f + k));
  signal bits[width];
  var sum = 0;
  var quotient = 0;
  for (var i = 0; i < width; i++) {
    bits[i] <-- (shifted >> i) & 1;
    bits[i] * (bits[i] - 1) === 0;
    sum += bits[i] * (1 << i);
    if (i >= f) { quotient += bits[i] * (1 << (i - f)); }
  }
  sum === shifted;
  out <== quotient - (1 << k);
}`;

describe("soundness harness", function () {
  describe("on a sound gadget", () => {
    it("accepts honest witnesses and no other, over all inputs of 14 bits", async () => {
      const gadget = await compileGadget("requantize", circuit(REQUANTIZE, "Requantize(6, 7)"));
      expect(gadget.constraints).to.deep.equal({ nonlinear: 14, linear: 2 });
      honest(gadget, { in: -33 }, { out: -1, "bits[13]": 0 });
      expect(mutateEveryWire(gadget, { in: 1234 })).to.deep.equal([]);
      const problems = compareExhaustively(gadget, {
        prime: 32749,
        domain: { in: [-8192, 8192 - 33] },
        reference: (inputs) => ({ out: Math.floor((inputs.in + 32) / 64) }),
      });
      expect(problems).to.deep.equal([]);
    });

    it("finds every input and output by itself when no input is fixed", async () => {
      const gadget = await compileGadget("requantize", circuit(REQUANTIZE, "Requantize(2, 2)"));
      const found = enumerateWitnesses(gadget, 67, {});
      expect(found).to.have.length(32);
      for (const { inputs, outputs, witnesses } of found)
        expect([outputs.out, witnesses]).to.deep.equal([Math.floor((inputs.in + 2) / 4), 1]);
    });

    it("reports an input without witness, and a reference that the gadget does not meet", async () => {
      const gadget = await compileGadget("requantize", circuit(REQUANTIZE, "Requantize(2, 2)"));
      const problems = compareExhaustively(gadget, {
        prime: 67,
        domain: { in: [13, 14] },
        reference: () => ({ out: 4 }),
      });
      expect(problems).to.deep.equal(["in = 13: out = 3, not out = 4", "in = 14: no witness, not out = 4"]);
    });

    it("understands coefficients that are fractions", async () => {
      const gadget = await compileGadget(
        "fraction",
        circuit("template T() { signal input a; signal output b; b <-- a * 3 / 8; b === a * 3 / 8; }", "T()"),
      );
      const problems = compareExhaustively(gadget, {
        prime: 101,
        domain: { a: [-2, 2] },
        reference: ({ a }) => ({ b: smallFraction(3 * a, 8, 101) }),
      });
      expect(problems).to.deep.equal([]);
    });

    it("names the constraint that a forged witness violates", async () => {
      const gadget = await compileGadget("requantize", circuit(REQUANTIZE, "Requantize(2, 2)"));
      expect(forge(gadget, { in: 5 }, { "bits[1]": 2 })).to.deep.equal({
        accepted: false,
        violated: "(-1 + bits[1]) * (bits[1]) = 0",
      });
      expect(forge(gadget, { in: 5 }, { out: 1 })).to.deep.equal({ accepted: true });
      expect(() => forge(gadget, { in: 5 }, { nothing: 1 })).to.throw("no wire for a signal nothing");
    });
  });

  describe("on unsound gadgets", () => {
    it("E2: finds the second decomposition of a value by more bits than the field has", async () => {
      const source = circuit(
        `include "circomlib/circuits/bitify.circom";
         template Relu() {
           signal input in;
           signal output out;
           signal bits[8] <== Num2Bits(8)(in + 128);
           out <== bits[7] * in;
         }`,
        "Relu()",
      );
      const gadget = await compileGadget("e2", source);
      honest(gadget, { in: 100 }, { out: 100 });
      // Over a prime below 2^8, 8 bits are to the field as 254 bits are to BN254's.
      const outputs = enumerateWitnesses(gadget, 131, { in: 2 }).map((found) => found.outputs.out);
      expect(outputs).to.deep.equal([2]);
      const problems = compareExhaustively(gadget, {
        prime: 131,
        domain: { in: [-60, 60] },
        reference: (inputs) => ({ out: Math.max(0, inputs.in) }),
      });
      expect(problems).to.include("in = 7: out = 0 or out = 7, not out = 7");
    });

    it("E2: forges the second decomposition at full width", async () => {
      const source = circuit(
        `include "circomlib/circuits/bitify.circom";
         template Sign() {
           signal input in;
           signal output negative;
           signal bits[254] <== Num2Bits(254)(in);
           negative <== bits[253];
         }`,
        "Sign()",
      );
      const gadget = await compileGadget("e2-full", source);
      honest(gadget, { in: 12345 }, { negative: 0 });
      const other = 12345n + FIELD_ORDER;
      const bits = Array.from({ length: 254 }, (_, i) => (other >> BigInt(i)) & 1n);
      // The last bit is the output itself, and has its name.
      const forgery = { bits: bits.slice(0, 253), negative: bits[253] };
      expect(forge(gadget, { in: 12345 }, forgery)).to.deep.equal({ accepted: true });
      expect(bits[253]).to.equal(1n);
    });

    it("E3: finds a remainder that only an assertion bounds", async () => {
      const source = circuit(
        `template Rescale() {
           signal input in;
           signal output out;
           signal remainder;
           out <-- in \\ 10;
           remainder <-- in % 10;
           assert(remainder < 10);
           in === 10 * out + remainder;
         }`,
        "Rescale()",
      );
      const gadget = await compileGadget("e3", source);
      // Each wire alone is held by the sum: changing one at a time finds nothing.
      expect(mutateEveryWire(gadget, { in: 123 })).to.deep.equal([]);
      expect(forge(gadget, { in: 123 }, { out: 777, remainder: 123 - 7770 })).to.deep.equal({
        accepted: true,
      });
      expect(enumerateWitnesses(gadget, 211, { in: 53 })).to.have.length(211);
    });

    it("E7: finds an output that no constraint holds", async () => {
      const source = circuit(
        `template Average() {
           signal input in[4];
           signal output out;
           signal remainder;
           out <-- (in[0] + in[1] + in[2] + in[3]) \\ 4;
           remainder <-- (in[0] + in[1] + in[2] + in[3]) % 4;
         }`,
        "Average()",
      );
      const gadget = await compileGadget("e7", source);
      const report = mutateEveryWire(gadget, { in: [1, 2, 3, 4] });
      expect(report).to.include("out: 2 -> 3").and.to.include("in[0]: no constraint reads this input");
      const fixed = { "in[0]": 1, "in[1]": 2, "in[2]": 3, "in[3]": 4 };
      expect(enumerateWitnesses(gadget, 31, fixed)).to.have.length(31);
    });

    it("E8: finds a comparison that wraps around for inputs that no range check bounds", async () => {
      const source = circuit(
        `include "circomlib/circuits/comparators.circom";
         template Max() {
           signal input in[2];
           signal output out;
           signal greater <== GreaterThan(5)(in);
           out <== in[1] + greater * (in[0] - in[1]);
         }`,
        "Max()",
      );
      const gadget = await compileGadget("e8", source);
      honest(gadget, { in: [9, 21] }, { out: 21 });
      const problems = compareExhaustively(gadget, {
        prime: 67,
        domain: { "in[0]": [-33, 33], "in[1]": [-33, 33] },
        reference: (inputs) => ({ out: Math.max(inputs["in[0]"], inputs["in[1]"]) }),
      });
      expect(problems).to.include("in[0] = -33, in[1] = 33: out = -33, not out = 33");
      expect(problems.some((problem) => problem.includes("no witness"))).to.equal(true);
    });

    it("reports a signal that is listed as free without need", async () => {
      const gadget = await compileGadget("requantize", circuit(REQUANTIZE, "Requantize(2, 2)"));
      const report = mutateEveryWire(gadget, { in: 5 }, { free: { "bits[0]": "to see the report" } });
      expect(report).to.deep.equal(["bits[0]: listed as free, but it is held"]);
    });
  });
});

/** numerator / denominator modulo a prime, as the representative of least absolute value. */
function smallFraction(numerator: number, denominator: number, prime: number): number {
  for (let x = -(prime - 1) / 2; x <= (prime - 1) / 2; x++)
    if ((x * denominator - numerator) % prime === 0) return x;
  throw new Error("no such fraction");
}
