import { expect } from "chai";
import {
  authorizeSettlement,
  balanceOf,
  bindingOf,
  fulfillPipeline,
  fundJob,
  type Job,
  jobIdOf,
  jobState,
  jobTerms,
  kindOf,
  MODEL_KINDS,
  type Outgoing,
  type PipelineAnswer,
  pipelineIdOf,
  type PipelineProof,
  registerPipeline,
  settlePipeline,
} from "../../src/client/index.js";
import {
  AMOUNT,
  COMMITMENT,
  deploy,
  ethers,
  networkHelpers,
  SALT,
  URI,
} from "../contracts/helpers/escrow.js";
import { evaluate, keys } from "../contracts/helpers/fixture.js";
import { makePipeline, proveSegments } from "../contracts/helpers/pipeline.js";
import { snarkjsProof } from "../contracts/helpers/snarkjs.js";
import { refusalOf } from "../plugin/project.js";

describe("The client and models in segments", () => {
  async function load() {
    const {
      registry,
      escrow,
      token,
      client,
      worker,
      modelId: single,
    } = await networkHelpers.loadFixture(deploy);
    const contracts = { registry, escrow };
    const { chainId } = await ethers.provider.getNetwork();
    const where = { chainId, escrow: await escrow.getAddress() };
    const address = await token.getAddress();
    const pipeline = makePipeline([0, 1, 1, 2], 2);
    const { modelId } = await registerPipeline(contracts, pipeline, COMMITMENT, URI);
    const terms = (x: bigint, model = modelId) =>
      jobTerms(client, {
        modelId: model,
        inputCommitment: evaluate(x, SALT).inputCommitment,
        amount: AMOUNT,
        token: address,
      });
    const answer = (job: Job): PipelineAnswer => ({ job, payee: worker.address, outputWords: [5n, 6n] });
    const prove = ({ job, payee, outputWords }: PipelineAnswer): PipelineProof => {
      const statement = {
        outputs: outputWords,
        edges: [1n, 2n, 3n],
        commitment: job.inputCommitment,
        binding: bindingOf(jobIdOf(job), payee, where),
      };
      const { proofs, edges } = proveSegments(pipeline, statement);
      return { proofs: proofs.map(snarkjsProof), edges };
    };
    return { contracts, client, worker, address, pipeline, modelId, single, terms, answer, prove };
  }

  it("registers a pipeline under the id that it computes, once", async () => {
    const { contracts, pipeline, modelId } = await load();
    expect(modelId).to.equal(pipelineIdOf(pipeline, COMMITMENT));
    expect(kindOf(modelId)).to.equal(MODEL_KINDS.pipeline);
    const [, segments] = await contracts.registry.pipelineOf(modelId);
    expect(segments).to.equal("0x00010102");
    await registerPipeline(contracts, pipeline, COMMITMENT, "again");
  });

  it("says what is wrong with a pipeline", async () => {
    const { contracts, pipeline } = await load();
    const refusal = (changes: Partial<typeof pipeline>) =>
      refusalOf(() => registerPipeline(contracts, { ...pipeline, ...changes }, COMMITMENT, URI));
    const [first, middle, last] = pipeline.keys;
    expect(await refusal({ keys: [first, middle, middle], segments: [0, 1, 2] }))
      .to.contain("SharedDelta(1, 2)")
      .and.to.contain("forge");
    expect(await refusal({ keys: [first, keys.contributed, last] })).to.contain("another phase 1 than key 0");
    for (const number of [256, -1, 0.5, Number.NaN])
      expect(await refusal({ segments: [0, number, 2] })).to.contain("not the number of a key");
    expect(await refusal({ segments: [0] })).to.contain("2 to 255 segments");
    expect(await refusal({ segments: [0, 2, 1] })).to.contain("out of order");
    expect(await refusal({ segments: [0, 1] })).to.contain("another number of keys");
    expect(await refusal({ keys: [], segments: [0, 1] })).to.contain("another number of keys");
    expect(await refusal({ keys: [first, last, middle] })).to.contain("the number of public signals");
    const { keys: many, segments } = makePipeline(Array.from({ length: 80 }, (_, i) => i));
    expect(await refusal({ keys: many, segments })).to.contain("PipelineTooLong(24575,");
  });

  it("fulfills a funded job, and tells of the transaction before it leaves", async () => {
    const { contracts, client, worker, address, terms, answer, prove } = await load();
    const one = answer(await terms(1n));
    await fundJob(contracts, client, one.job);
    const told: Outgoing[] = [];
    const { transaction } = await fulfillPipeline(contracts, worker, one, prove(one), {
      onSending: (outgoing) => void told.push(outgoing),
    });
    expect(told.at(-1)!.hash).to.equal(transaction);
    expect(await balanceOf(contracts, worker.address, address)).to.equal(AMOUNT);
    const state = await jobState(contracts, jobIdOf(one.job));
    expect(state.status).to.equal("fulfilled");
    expect(state.outputWords).to.deep.equal(one.outputWords);
  });

  it("settles a job that is signed for, and a funded one", async () => {
    const { contracts, client, worker, address, terms, answer, prove } = await load();
    const [funded, signed] = [answer(await terms(1n)), answer(await terms(2n))];
    await fundJob(contracts, client, funded.job);
    const authorization = await authorizeSettlement(contracts, client, signed.job);
    await settlePipeline(contracts, worker, funded, prove(funded));
    expect(await refusalOf(() => settlePipeline(contracts, worker, signed, prove(signed)))).to.contain(
      "InvalidStatus",
    );
    await settlePipeline(contracts, worker, { ...signed, authorization }, prove(signed));
    expect(await balanceOf(contracts, worker.address, address)).to.equal(2n * AMOUNT);
  });

  it("says what is wrong with proofs of segments", async () => {
    const { contracts, client, worker, single, terms, answer, prove } = await load();
    const one = answer(await terms(1n));
    await fundJob(contracts, client, one.job);
    const proof = prove(one);
    const refusal = (changes: Partial<PipelineProof>, other: PipelineAnswer = one) =>
      refusalOf(() => fulfillPipeline(contracts, worker, other, { ...proof, ...changes }));
    expect(await refusal({ edges: [] })).to.contain("the number of proofs or edges");
    expect(await refusal({ proofs: proof.proofs.slice(1) })).to.contain("SegmentCountMismatch(4, 3, 3)");
    expect(await refusal({ proofs: proof.proofs.toReversed() })).to.contain("the proof does not hold");
    expect(await refusal({}, { ...one, outputWords: [5n] })).to.contain("the number of public signals");
    const foreign = answer(await terms(1n, single));
    await fundJob(contracts, client, foreign.job);
    expect(await refusal({}, foreign))
      .to.contain("WrongKind")
      .and.to.contain("not proven like this");
    await fulfillPipeline(contracts, worker, one, proof);
  });
});
