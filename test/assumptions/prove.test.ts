import { expect } from "chai";
import fc from "fast-check";
import { join } from "node:path";
import { readLibrary } from "../../src/assumptions/library.js";
import { assumptionsOnValues } from "../helpers/assumptionsOnValues.js";
import { claimBook, proveAssumptions } from "../../src/assumptions/prove.js";
import { Differences } from "../../src/program/differences.js";
import { execute } from "../../src/program/execute.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { isWiring, type Argument, type Netlist } from "../../src/netlist/types.js";
import type { Program } from "../../src/program/types.js";
import { packageRoot } from "../../src/packageRoot.js";
import { arbitraryInputs, programOf, SMALL_MODELS } from "../helpers/models.js";
import { twoTowers, withReadSlots } from "../helpers/causal.js";
import { entriesOf, withEntries } from "../helpers/netlist.js";

function prove(program: Program, netlist: Netlist): void {
  const intervals = checkedIntervals(program);
  proveAssumptions(program, netlist, intervals, new Differences(program, intervals));
}

/** A netlist with one argument of one component changed. */
function withArgument(netlist: Netlist, component: string, name: string, value: Argument): Netlist {
  const steps = netlist.steps.map((step) =>
    isWiring(step) || step.name !== component
      ? step
      : {
          ...step,
          arguments: step.arguments.map((one) => (one.name === name ? { name, value } : one)),
        },
  );
  return { ...netlist, steps };
}

/** Every number of an argument, one less in turn. */
function narrower(value: Argument): Argument[] {
  return entriesOf(value).map((_, changed) => withEntries(value, (x, at) => (at === changed ? x - 1 : x)));
}

/** Parameters that are widths: one less must not go unnoticed, unless it still fits. */
const WIDTHS: Readonly<Record<string, readonly string[]>> = {
  RequantizeLayer: ["resultBits"],
  RequantizeReLULayer: ["magnitudeBits"],
  RequantizeClampLayer: ["excessBits"],
  MaxLayer: ["differenceBits"],
  ArgMaxLayer: ["differenceBits"],
  TopKLayer: ["differenceBits"],
  MatMulLayer: ["resultBits"],
  SoftmaxLayer: ["beyondBits"],
  LayerNormLayer: ["most"],
  RootMeanSquareNormLayer: ["most"],
};

describe("assumptions of gadgets", function () {
  it("are stated by every template, in words that can be read", () => {
    const library = readLibrary(join(packageRoot(), "circuits"));
    expect(library.size).to.be.greaterThan(60);
    const silent = [...library.values()].filter(
      ({ assumes, guarantees, contains }) => assumes.length + guarantees.length + contains.length === 0,
    );
    // Any field element can be bound to a proof.
    expect(silent.map(({ template }) => template)).to.deep.equal(["Bind"]);
    const unknown = [...library.values()].flatMap(({ contains }) =>
      contains.filter(({ template }) => !library.has(template)),
    );
    expect(unknown).to.deep.equal([]);
    expect(() => claimBook().names("Requantize", [], {})).to.throw(RangeError);
  });

  for (const [name, model] of Object.entries(SMALL_MODELS)) {
    for (const secretWeights of [false, true]) {
      it(`${name}${secretWeights ? ", private weights" : ""}: are proven, and hold with all guarantees on every run`, () => {
        const { program } = programOf(model(3), { secretWeights });
        const netlist = buildNetlist(program);
        expect(netlist.assumptions.length).to.be.greaterThan(
          netlist.steps.filter((s) => !isWiring(s)).length,
        );
        for (const { guaranteedBy } of netlist.assumptions) expect(guaranteedBy).not.to.equal("");
        fc.assert(
          fc.property(arbitraryInputs(program), (inputs) => {
            expect(assumptionsOnValues(program, netlist, execute(program, inputs))).to.deep.equal([]);
          }),
          { numRuns: 20 },
        );
      });
    }
  }

  it("refuse every width that is one bit too small, with layer, gadget and interval", () => {
    let refused = 0;
    for (const model of Object.values(SMALL_MODELS)) {
      const { program } = programOf(model(3));
      const netlist = buildNetlist(program);
      for (const step of netlist.steps) {
        if (isWiring(step)) continue;
        for (const { name, value } of step.arguments) {
          if (!(WIDTHS[step.template] ?? []).includes(name)) continue;
          for (const less of narrower(value)) {
            const seeded = withArgument(netlist, step.name, name, less);
            expect(() => prove(program, seeded), `${step.template}.${name} of ${step.name}`).to.throw(
              step.label,
            );
            refused++;
          }
        }
      }
    }
    expect(refused).to.be.greaterThan(50);
  });

  it("refuse the slots of a causal product that were sized by what is read", () => {
    const { program } = programOf(twoTowers(1 / 32));
    const netlist = buildNetlist(program);
    expect(() => prove(program, withReadSlots(program, netlist))).to.throw(
      /^mix\.matmul: an assumption of MatMulBlock in MatMulLayer .* is not proven: .* within .* at i = 0, j = 1/,
    );
  });

  it("refuse what cannot be decided, by the layer's name", () => {
    const { program } = programOf(SMALL_MODELS["dense, relu, dense"](3));
    const netlist = buildNetlist(program);
    const step = netlist.steps.find((one) => !isWiring(one))!;
    expect(() => prove(program, withArgument(netlist, step.name, "weight", 3))).to.throw(
      `${step.label}: the assumptions of`,
    );
  });
});
