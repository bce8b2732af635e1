import { expect } from "chai";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { checkWitness } from "../../src/circom/r1cs.js";
import { witnessValues } from "../../src/circom/witnessGenerator.js";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import { segmentInput } from "../../src/inference/segmentInput.js";
import { Cuttable } from "../../src/netlist/segments/cut.js";
import type { Segment } from "../../src/netlist/segments/segment.js";
import type { Cost } from "../../src/netlist/types.js";
import { makeIntegerModel } from "../../src/pipeline/integerModel.js";
import { modelCircuit, segmentCircuit } from "../../src/pipeline/linkable.js";
import { execute } from "../../src/program/execute.js";
import { quantizeInputs } from "../../src/quantize/inputs.js";
import { writeGpt } from "../helpers/gpt.js";
import { signalsOf } from "../netlist/secretCircuits.js";
import { FIXTURES, temporaryFolder } from "../plugin/project.js";
import { link } from "./linking.js";
import { opensToNoOthers, places, SECRETS, showChain, type Cut } from "./segmenting.js";

/** A model as a build makes it, and its first sample as integers. */
async function cutOf(
  source: string,
  samples: string,
  bits?: number,
): Promise<Cut & { inputs: Float64Array[] }> {
  const model = await importModel(source);
  const loaded = await loadSamples(samples, model.graph);
  const { program, netlist } = makeIntegerModel(model, loaded, {
    ...{ input: "committed", output: "public" },
    ...(bits !== undefined && { inputBits: bits, weightBits: bits, activationBits: bits }),
  });
  const first = new Map(program.inputs.map(({ name }) => [name, loaded.inputs.get(name)![0]]));
  const inputs = quantizeInputs(program, first);
  return { program, netlist, cuttable: new Cuttable(program, netlist), inputs };
}

const rowsOf = ({ nonlinear, linear }: Cost): number => nonlinear + linear;

/** What segments take beyond the whole, as a share of it. */
function overhead({ netlist }: Cut, segments: readonly Segment[]): number {
  const all = segments.reduce((sum, { cost }) => sum + rowsOf(cost), 0);
  return all / rowsOf(netlist.cost) - 1;
}

function print(what: string, cut: Cut, segments: readonly Segment[]): void {
  const rows = segments.map(({ provingDomain }) => `${provingDomain.rows} of 2^${provingDomain.power}`);
  console.log(`      ${what}: ${rows.join(", ")} rows, ${(100 * overhead(cut, segments)).toFixed(2)} % more`);
}

/** The overhead at most that is promised, by model and number of segments. */
const MOST: Readonly<Record<string, number>> = { "mnist_lenet5 in 2": 0.06 };

describe("every fixture model in segments", function () {
  for (const name of readdirSync(FIXTURES).sort())
    it(`${name}: a chain that shows what the whole shows, with edges that open to nothing else`, async () => {
      const folder = join(FIXTURES, name);
      const cut = await cutOf(join(folder, "model.pt2"), folder);
      const { program, netlist, inputs } = cut;
      const [given, values] = [signalsOf(netlist, inputs), execute(program, inputs)];
      const whole = await link(modelCircuit(netlist));
      const witness = witnessValues(whole.witness.calculate(given, values));
      const { publicOutputs, publicInputs } = whole.r1cs;
      const ofWhole = witness.slice(1, 1 + publicOutputs + publicInputs);
      for (const count of [2, 4]) {
        const segments = cut.cuttable.cut({ segments: count });
        if (segments === undefined) {
          expect(places(cut).length, `places to cut ${name} in ${count}`).to.be.below(count - 1);
          continue;
        }
        expect(segments).to.have.length(count);
        print(`in ${count}`, cut, segments);
        expect(overhead(cut, segments)).to.be.at.most(MOST[`${name} in ${count}`] ?? Infinity);
        const signals: bigint[][] = [];
        for (const segment of segments) {
          const { witness: generator, r1cs, counts } = await link(segmentCircuit(segment));
          expect(counts, `segment ${segment.number}`).to.include(segment.cost);
          const input = segmentInput(segment, netlist, given, values, SECRETS);
          const own = witnessValues(generator.calculate(input, values));
          expect(checkWitness(r1cs, own), `segment ${segment.number}`).to.equal(-1);
          signals.push(own.slice(1, 1 + r1cs.publicOutputs + r1cs.publicInputs));
        }
        showChain(cut, segments, inputs, signals);
        const [[, ...ofInput], ofOutput] = [signals[0], signals.at(-1)!.slice(0, -1)];
        expect([...ofOutput, ...ofInput]).to.deep.equal(ofWhole);
        for (const segment of segments.slice(1)) await opensToNoOthers(cut, segment, inputs);
      }
    });
});

describe("large models in segments", function () {
  it("take at most 5 % more as a GPT of four blocks in four", async () => {
    const { source, samples } = writeGpt(temporaryFolder(), { blocks: 4, width: 128, heads: 4, length: 32 });
    const cut = await cutOf(source, samples, 8);
    expect(rowsOf(cut.netlist.cost)).to.be.greaterThan(6_000_000);
    const segments = cut.cuttable.cut({ segments: 4 })!;
    print("in 4", cut, segments);
    expect(overhead(cut, segments)).to.be.at.most(0.05);
    const [greatest, mean] = [
      Math.max(...segments.map(({ cost }) => rowsOf(cost))),
      segments.reduce((sum, { cost }) => sum + rowsOf(cost), 0) / 4,
    ];
    expect(greatest / mean).to.be.at.most(1.1);
  });
});
