import { expect } from "chai";
import { deploy, networkHelpers } from "./helpers/escrow.js";
import { differing, fundAnswer, proveAnswer, sharing, withPipeline } from "./helpers/pipeline.js";

describe("InferenceEscrow: a model in segments", () => {
  describe("fulfillPipeline", () => {
    for (const [name, segments] of [
      ...[2, 3, 4, 8].map((count) => [`${count} segments`, differing(count)] as const),
      ...[4, 8].map((count) => [`${count} segments, those in between with one key`, sharing(count)] as const),
      ["8 segments, with alternating keys", [0, 1, 2, 1, 2, 2, 1, 3]] as const,
    ])
      for (const outputs of [1, 3])
        it(`pays for a model of ${name} and ${outputs} output words`, async () => {
          const system = await withPipeline(await networkHelpers.loadFixture(deploy), segments, outputs);
          const { escrow, worker } = system;
          const { job, payee, outputs: words } = await fundAnswer(system);
          const proof = await proveAnswer(system, { job, payee, outputs: words });
          const sent = escrow.fulfillPipeline(job, payee, proof, words);
          await expect(sent)
            .to.emit(escrow, "Fulfilled")
            .withArgs(await escrow.hashJob(job), payee, words);
          expect(await escrow.isResult(await escrow.hashJob(job), words)).to.equal(true);
          expect(await escrow.balanceOf(worker, job.token)).to.equal(job.amount);
        });
  });
});
