import { expect } from "chai";
import { isWiring } from "../../src/netlist/types.js";
import { gptBlock } from "../helpers/causal.js";
import { compile, isExact, isExactHead } from "./exact.js";

describe("causal attention of a head of 64: every input has its witness", function () {
  it("with learned positions of size 1: at all corners, and between", () => isExactHead(64, 1));

  it("in a block of a GPT: for sequences of all tokens", async () => {
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
