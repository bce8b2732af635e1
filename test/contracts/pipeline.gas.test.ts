import { expect } from "chai";
import { encodePipeline } from "../../src/client/pipelineKeys.js";
import { COMMITMENT, deploy, networkHelpers, URI } from "./helpers/escrow.js";
import {
  differing,
  fundAnswer,
  makePipeline,
  proveAnswer,
  sharing,
  withPipeline,
} from "./helpers/pipeline.js";

/** Gas of one transaction at most (EIP-7825). */
const MOST_GAS = 2n ** 24n;

describe("Gas of a model in segments", () => {
  it("is that of one transaction for 255 segments", async () => {
    const system = await withPipeline(await networkHelpers.loadFixture(deploy), sharing(255));
    const { escrow } = system;
    const { job, payee, outputs, ...rest } = await fundAnswer(system);
    const proof = await proveAnswer(system, { job, payee, outputs, ...rest });
    const sent = await escrow.fulfillPipeline(job, payee, proof, outputs);
    expect((await sent.wait())!.gasUsed).to.be.lessThan(MOST_GAS);
    expect(await escrow.isResult(await escrow.hashJob(job), outputs)).to.equal(true);
  });

  it("is said to be missing if the keys cannot be stored", async () => {
    const { registry } = await networkHelpers.loadFixture(deploy);
    const { keys, segments } = encodePipeline(makePipeline(differing(4)));
    // With this much gas the checks are passed, and a 64th of what the storing burns is left to say why.
    await expect(
      registry.registerPipeline.staticCall(keys, segments, COMMITMENT, URI, { gasLimit: 575_000 }),
    ).to.be.revertedWithCustomError(registry, "KeyNotStored");
  });
});
