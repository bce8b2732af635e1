import { expect } from "chai";
import {
  authorizeSettlement,
  balanceOf,
  bindingOf,
  fulfillMany,
  fundJob,
  jobIdOf,
  jobState,
  jobTerms,
  kindOf,
  MODEL_KINDS,
  registerSet,
  setIdOf,
  settleMany,
  type BatchAnswer,
  type BatchProof,
  type Job,
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
import { proveWords } from "../contracts/helpers/many.js";
import { snarkjsProof } from "../contracts/helpers/snarkjs.js";
import { verificationKeyOf } from "../contracts/ledger/prover.js";
import { refusalOf } from "../plugin/project.js";

const batches = [2, 4].map((jobs) => ({ jobs, key: verificationKeyOf(`batch of ${jobs}`, 3) }));

describe("The client and proofs of many jobs", () => {
  async function load() {
    const { registry, escrow, token, client, worker } = await networkHelpers.loadFixture(deploy);
    const contracts = { registry, escrow };
    const { chainId } = await ethers.provider.getNetwork();
    const where = { chainId, escrow: await escrow.getAddress() };
    const address = await token.getAddress();
    const { modelId } = await registerSet(contracts, keys.contributed, batches, COMMITMENT, URI);
    const terms = (x: bigint) =>
      jobTerms(client, {
        modelId,
        inputCommitment: evaluate(x, SALT).inputCommitment,
        amount: AMOUNT,
        token: address,
      });
    const answer = (job: Job, x: bigint): BatchAnswer => ({
      job,
      payee: worker.address,
      outputWords: [evaluate(x, SALT).output],
    });
    /** Of the answers and, in a short batch, the last one again: what a prover does. */
    const prove = (jobs: number, answers: readonly BatchAnswer[]): BatchProof => {
      const words = Array.from({ length: jobs }, (_, i) => answers[Math.min(i, answers.length - 1)]).flatMap(
        ({ job, payee, outputWords }) => [
          ...outputWords,
          job.inputCommitment,
          bindingOf(jobIdOf(job), payee, where),
        ],
      );
      const { commitment, proof } = proveWords(jobs, words);
      return { jobs, commitment, proof: snarkjsProof(proof) };
    };
    return { contracts, client, worker, address, modelId, terms, answer, prove };
  }

  it("registers a set under the id that it computes, once", async () => {
    const { contracts, modelId } = await load();
    expect(modelId).to.equal(setIdOf(keys.contributed, batches, COMMITMENT));
    expect(kindOf(modelId)).to.equal(MODEL_KINDS.set);
    expect(await contracts.registry.batchSizes(modelId)).to.deep.equal([2n, 4n]);
    await registerSet(contracts, keys.contributed, batches, COMMITMENT, "again");
    const shared = [batches[0], { jobs: 4, key: batches[0].key }];
    const refusal = await refusalOf(() => registerSet(contracts, keys.contributed, shared, COMMITMENT, URI));
    expect(refusal).to.contain("SharedDelta(2, 4)").and.to.contain("forge");
  });

  it("fulfills funded jobs by one proof, a full one and a short one", async () => {
    const { contracts, client, worker, address, terms, answer, prove } = await load();
    const answers: BatchAnswer[] = [];
    for (const x of [1n, 2n, 3n, 4n, 5n]) {
      const job = await terms(x);
      await fundJob(contracts, client, job);
      answers.push(answer(job, x));
    }
    await fulfillMany(contracts, worker, answers.slice(0, 2), prove(2, answers.slice(0, 2)));
    await fulfillMany(contracts, worker, answers.slice(2), prove(4, answers.slice(2)));
    expect(await balanceOf(contracts, worker.address, address)).to.equal(5n * AMOUNT);
    for (const { job, outputWords } of answers) {
      const state = await jobState(contracts, jobIdOf(job));
      expect(state.status).to.equal("fulfilled");
      expect(state.outputWords).to.deep.equal(outputWords);
    }
  });

  it("settles jobs that are signed for, and funded ones", async () => {
    const { contracts, client, worker, address, terms, answer, prove } = await load();
    const [funded, signed] = [await terms(1n), await terms(2n)];
    await fundJob(contracts, client, funded);
    const answers = [answer(funded, 1n), answer(signed, 2n)];
    const authorization = await authorizeSettlement(contracts, client, signed);
    const settled = [answers[0], { ...answers[1], authorization }];
    expect(await refusalOf(() => settleMany(contracts, worker, answers, prove(2, answers)))).to.contain(
      "InvalidStatus",
    );
    await settleMany(contracts, worker, settled, prove(2, answers));
    expect(await balanceOf(contracts, worker.address, address)).to.equal(2n * AMOUNT);
  });

  it("says what is wrong with a batch", async () => {
    const { contracts, client, worker, terms, answer, prove } = await load();
    const answers: BatchAnswer[] = [];
    for (const x of [1n, 2n]) {
      const job = await terms(x);
      await fundJob(contracts, client, job);
      answers.push(answer(job, x));
    }
    const proof = prove(2, answers);
    const refusal = (some: readonly BatchAnswer[], changes: Partial<BatchProof> = {}) =>
      refusalOf(() => fulfillMany(contracts, worker, some, { ...proof, ...changes }));
    expect(await refusal(answers, { jobs: 3 })).to.contain("no key for proofs of this many jobs");
    expect(await refusal([], {})).to.contain("the batch is empty");
    expect(await refusal([...answers, answers[0]])).to.contain("more answers than the proof is about");
    expect(await refusal([answers[0], { ...answers[1], outputWords: [] }])).to.contain(
      "the number of output words is not the model's",
    );
    expect(await refusal([answers[0], answers[0]])).to.contain("InvalidStatus");
    expect(await refusal(answers.toReversed())).to.contain("the proof does not hold");
    await fulfillMany(contracts, worker, answers, proof);
  });
});
