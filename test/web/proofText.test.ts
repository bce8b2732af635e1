import { expect } from "chai";
import { parse } from "valibot";
import { proofFile } from "../../src/groth16/forms.js";
import type { Proof } from "../../src/groth16/types.js";
import type { Purchase } from "../../src/client/service/purchase.js";
import { proofText } from "../../web/checkout/order/proofText.js";

const g1: Proof["pi_a"] = ["1", "2", "1"];
const proofOf = (number: number): Proof => ({
  ...{ protocol: "groth16", curve: "bn128", pi_a: [String(number), "2", "1"], pi_c: g1 },
  pi_b: [
    ["1", "2"],
    ["3", "4"],
    ["1", "0"],
  ],
});
const purchase = { jobId: "0x01", job: { modelId: "0x02" }, input: { salt: 77n } } as unknown as Purchase;

describe("the file of a proof that the page saves", () => {
  it("has all proofs of a model in segments", () => {
    const [proof, second] = [proofOf(5), proofOf(6)];
    const pipeline = { proofs: [proof, second], edges: [2n ** 200n] };
    const text = proofText({ purchase, proof, pipeline, publicSignals: ["8"], words: [9n] });
    expect(JSON.parse(text)).to.include({ jobId: "0x01", modelId: "0x02" });
    expect(parse(proofFile, JSON.parse(text))).to.deep.equal({
      ...{ proof, publicSignals: ["8"] },
      pipeline: { proofs: [proof, second], edges: [String(2n ** 200n)] },
    });
  });

  it("has one proof of a model in one circuit, and no salt", () => {
    const text = proofText({ purchase, proof: proofOf(5), publicSignals: ["8"] });
    expect(parse(proofFile, JSON.parse(text))).to.deep.equal({ proof: proofOf(5), publicSignals: ["8"] });
    expect(text).to.not.contain("77");
  });
});
