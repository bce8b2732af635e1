import { expect } from "chai";
import { FIELD_ORDER } from "../../src/circom/field.js";
import { packWords } from "../../src/client/commitment.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import type { Netlist } from "../../src/netlist/types.js";
import { ProgramBuilder } from "../../src/program/builder.js";
import { execute } from "../../src/program/execute.js";
import type { Program } from "../../src/program/types.js";
import { flatten, type Gadget, witnessOf } from "../helpers/gadget.js";
import { programOf, randomNumbers, SMALL_MODELS } from "../helpers/models.js";
import { compileNetlist } from "../helpers/netlist.js";
import { forge, signed } from "../helpers/soundness.js";

/**
 * Holes of earlier circuits for neural networks, forged here on a generated circuit with a convolution, a max pool,
 * a fused ReLU and a dense layer. In each case the witness is forged and a *constraint* must be violated; that a
 * witness generator stops would prove nothing.
 */
describe("forged witnesses", function () {
  let program: Program;
  let netlist: Netlist;
  let gadget: Gadget;
  let input: Record<string, bigint | readonly number[]>;
  let values: Float64Array[];
  let honest: bigint[];

  const value = (name: string): bigint => signed(honest[gadget.wireOf.get(name)!]);
  const mustViolate = (what: string, overrides: Record<string, bigint | number | bigint[]>): void => {
    const verdict = forge(gadget, input, overrides);
    expect(verdict.accepted, `${what} was accepted`).to.equal(false);
  };
  /** The wires below a component that hold bits, in order of significance. */
  const bitsOf = (component: string, array: string): string[] =>
    [...gadget.wireOf.keys()].filter((name) => name.startsWith(`${component}.${array}[`));

  before(async () => {
    ({ program } = programOf(SMALL_MODELS["grouped conv, relu, max pool, flatten, dense"](11)));
    netlist = buildNetlist(program);
    gadget = await compileNetlist("forgeries", netlist);
    const next = randomNumbers(5);
    const { lo, hi } = program.operations[program.inputs[0].tensor] as { lo: number; hi: number };
    const x = Array.from({ length: 32 }, () => Math.round(lo + ((next() + 1) / 2) * (hi - lo)));
    input = { [netlist.inputs[0].signal]: x, salt: 99n, binding: 1234n };
    values = execute(program, [Float64Array.from(x)]);
    honest = witnessOf(gadget, Object.fromEntries(Object.entries(input)));
  });

  it("E1: weights are not inputs, and an output that the model did not give violates a constraint", () => {
    // All that the prover chooses is the input and its salt.
    expect(gadget.r1cs.privateInputs).to.equal(32 + 1);
    const [output] = netlist.outputs;
    const lie = Array.from(values[output.tensor], (q, i) => (i === 0 ? q + 1 : q));
    mustViolate("another output", { outputWords: packWords(lie, output) });
    mustViolate("any target output", {
      outputWords: packWords(
        lie.map(() => output.offset),
        output,
      ),
    });
  });

  it("E2: a negative sum cannot be passed off as another by adding the field's order to it", () => {
    const relu = gadgetsOf("RequantizeReLULayer", "RequantizeClampLayer");
    for (const component of relu) {
      const bits = bitsOf(component, gadget.wireOf.has(`${component}.m[1]`) ? "m" : "mh");
      // Under --O1 a gadget's output goes by the name of the wire that it is handed on as.
      const out = [`${component}.out`, `${component}.result`].find((name) => gadget.wireOf.has(name));
      // |q| replaced by what its field representation would be, bit by bit.
      const magnitude = bits.reduce((sum, name, i) => sum + (value(name) << BigInt(i)), 0n);
      const low = (alias: bigint) => alias & ((1n << BigInt(bits.length)) - 1n);
      const alias = [0n, 1n, 2n]
        .map((k) => low(FIELD_ORDER - magnitude - k))
        .find((bitsOfAlias) => bitsOfAlias !== magnitude)!;
      const overrides = Object.fromEntries(bits.map((name, i) => [name, (alias >> BigInt(i)) & 1n]));
      if (bits.length > 0) mustViolate(`alias in ${component}`, overrides);
      if (out !== undefined) {
        mustViolate(`dead activation in ${component}`, { ...overrides, [out]: value(out) === 0n ? 1n : 0n });
      }
    }
    expect(relu.length).to.be.greaterThan(0);
  });

  it("E3: the remainder of a requantization cannot leave its range", () => {
    for (const component of gadgetsOf("RequantizeReLULayer", "RequantizeClampLayer")) {
      const remainder = bitsOf(component, gadget.wireOf.has(`${component}.r[1]`) ? "r" : "bit");
      if (remainder.length === 0) continue;
      // One bit takes over another's weight: the sum is the same, so only the bit's own constraint can object.
      const [name] = remainder;
      for (const forged of [2n, -1n, value(name) + 2n])
        mustViolate(`remainder ${name} = ${forged}`, { [name]: forged });
    }
  });

  it("E4: the input is bound by a public commitment", () => {
    expect(gadget.r1cs.publicOutputs).to.equal(netlist.outputs[0].words + 1);
    const signal = netlist.inputs[0].signal;
    const x = input[signal] as readonly number[];
    mustViolate("another commitment", {
      inputCommitment: honest[gadget.wireOf.get("inputCommitment")!] + 1n,
    });
    // The whole witness of another input, with the commitment of this one.
    const other = { ...input, [signal]: x.map((q, i) => (i === 3 ? (q === 0 ? 1 : q - 1) : q)) };
    const verdict = forge(gadget, other, { inputCommitment: honest[gadget.wireOf.get("inputCommitment")!] });
    expect(verdict.accepted).to.equal(false);
    // An input beside its declared domain, though the model's sums would bear it.
    const { lo, hi } = program.operations[program.inputs[0].tensor] as { lo: number; hi: number };
    for (const q of [lo - 1, hi + 1]) mustViolate(`input ${q}`, { [`${signal}[0]`]: q });
  });

  it("E5: the binding to job, payee and chain is a public signal that a constraint holds", () => {
    expect(gadget.r1cs.publicInputs).to.equal(1);
    mustViolate("another binding", { binding: 1235n });
  });

  it("E6: the circuit is that of the model's own weights", () => {
    const other = programOf(SMALL_MODELS["grouped conv, relu, max pool, flatten, dense"](12)).program;
    const [signal] = [netlist.inputs[0].signal];
    const theirs = execute(other, [Float64Array.from(input[signal] as number[])]);
    expect(Array.from(theirs[other.outputs[0].tensor])).not.to.deep.equal(
      Array.from(values[program.outputs[0].tensor]),
    );
    const words = packWords(Array.from(theirs[other.outputs[0].tensor]), buildNetlist(other).outputs[0]);
    mustViolate("the output of a model with other weights", { outputWords: words });
  });

  it("E7: no layer is left without constraints by the compiler", () => {
    for (const step of netlist.steps) {
      if (!("cost" in step)) continue;
      const { nonlinear, linear } = step.cost;
      expect(nonlinear + linear, step.label).to.be.greaterThan(0);
      const wires = [...gadget.wireOf].filter(([name]) => name.startsWith(`${step.name}.`));
      expect(wires.length, step.label).to.be.greaterThan(0);
    }
    expect(gadget.constraints).to.deep.equal({
      nonlinear: netlist.cost.nonlinear,
      linear: netlist.cost.linear,
    });
  });

  it("E8: the smaller value cannot win a maximum by a wrap-around", () => {
    const pools = gadgetsOf("MaxLayer");
    let forged = 0;
    for (const component of pools) {
      const gain = value(`${component}.gain[0]`);
      const bits = bitsOf(component, "bit").filter((name) => name.includes("bit[0]["));
      if (gain === 0n) continue;
      // a > b: claim that max(0, a - b) = 0, with the bits of the field's own complement.
      const alias = FIELD_ORDER - gain;
      const overrides = Object.fromEntries(bits.map((name, i) => [name, (alias >> BigInt(i + 1)) & 1n]));
      mustViolate(`wrapped maximum in ${component}`, { ...overrides, [`${component}.gain[0]`]: 0n });
      forged++;
    }
    expect(forged).to.be.greaterThan(0);
  });

  it("E11: scales that would leave the exact range are refused at build time, by the layer's name", () => {
    const builder = new ProgramBuilder();
    const x = builder.add({ kind: "input", name: "x", size: 1, lo: 0, hi: 2 ** 20 - 1 });
    const wide = (name: string, tensor: number): number =>
      builder.add({
        kind: "linear",
        name,
        size: 1,
        inputs: [tensor],
        channels: 1,
        positions: 1,
        taps: 1,
        groups: 1,
        weights: Int32Array.of(2 ** 30),
        index: Int32Array.of(0),
        bias: Float64Array.of(0),
      });
    const once = wide("encoder.fc1", x);
    expect(() => wide("encoder.fc2", once))
      .to.throw(Torch2CircomError, "encoder.fc2")
      .with.property("message")
      .that.contains("beyond 2^52");
  });

  /** Every instance of some gadgets, by component path. */
  function gadgetsOf(...templates: string[]): string[] {
    return netlist.steps.flatMap((step) =>
      "template" in step && templates.includes(step.template)
        ? Array.from({ length: step.size }, (_, i) => `${step.name}.gadget[${i}]`)
        : [],
    );
  }

  it("names only wires that are there: a forgery of nothing would prove nothing", () => {
    for (const name of flatten({ outputWords: [0n], inputCommitment: 0n, binding: 0n }).keys())
      expect(gadget.wireOf.has(name), name).to.equal(true);
  });
});
