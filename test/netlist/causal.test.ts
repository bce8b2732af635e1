import { expect } from "chai";
import { packWords } from "../../src/client/commitment.js";
import type { Graph } from "../../src/graph/types.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { isWiring, type Netlist } from "../../src/netlist/types.js";
import { execute } from "../../src/program/execute.js";
import type { Program } from "../../src/program/types.js";
import { causalHead, gptBlock } from "../helpers/causal.js";
import type { Gadget } from "../helpers/gadget.js";
import { PRECISION, programOf, randomNumbers } from "../helpers/models.js";
import { compileNetlist } from "../helpers/netlist.js";
import { honest } from "../helpers/soundness.js";

const precision = { ...PRECISION, inputBits: 8, weightBits: 8, activationBits: 8, tableBits: 8 };

interface Compiled {
  readonly program: Program;
  readonly netlist: Netlist;
  readonly gadget: Gadget;
}

async function compile(name: string, model: Graph): Promise<Compiled> {
  const { program } = programOf(model, { precision });
  const netlist = buildNetlist(program);
  const gadget = await compileNetlist(name, netlist);
  expect(gadget.constraints).to.deep.equal({
    nonlinear: netlist.cost.nonlinear,
    linear: netlist.cost.linear,
  });
  return { program, netlist, gadget };
}

/** The circuit has a witness for an input, and it is the executor's. */
function isExact({ program, netlist, gadget }: Compiled, x: readonly number[]): void {
  const values = execute(program, [Float64Array.from(x)]);
  const outputWords = netlist.outputs.flatMap((packing) => packWords(values[packing.tensor], packing));
  honest(gadget, { [netlist.inputs[0].signal]: x, salt: 5n, binding: 77n }, { outputWords });
}

describe("causal attention: every input has its witness", function () {
  this.timeout(240_000);

  for (const [d, size] of [
    [32, 4],
    [64, 1],
  ] as const) {
    it(`a head of ${d} with learned positions of size ${size}: at all corners, and between`, async () => {
      const head = await compile(`causal_${d}_${size}`, causalHead(d, size));
      const { lo, hi, size: count } = head.program.operations[0] as { lo: number; hi: number; size: number };
      for (let corner = 0; corner < 2 ** count; corner++)
        isExact(
          head,
          Array.from({ length: count }, (_, i) => ((corner >> i) & 1 ? hi : lo)),
        );
      const next = randomNumbers(d);
      for (let i = 0; i < 40; i++)
        isExact(
          head,
          Array.from({ length: count }, () => Math.floor(lo + ((next() + 1) / 2) * (hi - lo + 1))),
        );
    });
  }

  it("a block of a GPT with a head of 64: for sequences of all tokens", async () => {
    const block = await compile("gpt_block", gptBlock(3));
    const product = block.netlist.steps.find((step) => !isWiring(step) && step.template === "MatMulLayer");
    expect(product && "arguments" in product && product.arguments).to.deep.include({
      name: "causal",
      value: 1,
    });
    const { hi, size } = block.program.operations[0] as { hi: number; size: number };
    // 7^3 sequences: every seventeenth one, and so every token at the first place.
    for (let i = 0; i < (hi + 1) ** size; i += 17)
      isExact(
        block,
        Array.from({ length: size }, (_, t) => Math.floor(i / (hi + 1) ** t) % (hi + 1)),
      );
  });
});
