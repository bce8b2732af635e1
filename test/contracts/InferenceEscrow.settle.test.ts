import { expect } from "chai";
import { AbiCoder, id, keccak256, ZeroAddress } from "ethers";
import {
  AMOUNT,
  COMMITMENT,
  deploy,
  ethers,
  fulfill,
  type Job,
  makeJob,
  networkHelpers,
  proveJob,
  request,
  SALT,
  type System,
  URI,
} from "./helpers/escrow.js";
import { bindingOf } from "../../src/client/binding.js";
import { evaluate, prove } from "./helpers/fixture.js";

describe("InferenceEscrow: settling", () => {
  const load = () => networkHelpers.loadFixture(deploy);

  /** Entries of a batch: each job has its own input. */
  async function makeBatch(system: System, payees: string[]) {
    const batch = [];
    for (const [i, payee] of payees.entries()) {
      const x = BigInt(i);
      const job = await makeJob(system, {
        inputCommitment: evaluate(x, SALT).inputCommitment,
        salt: id(payee),
      });
      await request(system, job);
      const binding = await system.escrow.bindingOf(await system.escrow.hashJob(job), payee);
      const { proof, signals } = await prove(x, SALT, binding);
      batch.push({ job, payee, proof, outputs: [signals[0]] });
    }
    return batch;
  }

  describe("fulfill", () => {
    it("binds a proof to job and payee", async () => {
      const { escrow, worker } = await load();
      const jobId = id("job");
      const digest = await escrow.jobDigest(jobId);
      const hash = keccak256(
        AbiCoder.defaultAbiCoder().encode(["bytes32", "address"], [digest, worker.address]),
      );
      expect(await escrow.bindingOf(jobId, worker)).to.equal(BigInt(hash) >> 8n);
      const { chainId } = await ethers.provider.getNetwork();
      const where = { chainId, escrow: await escrow.getAddress() };
      expect(bindingOf(jobId, worker.address, where)).to.equal(BigInt(hash) >> 8n);
    });

    it("of a closed job pays its provider only", async () => {
      const system = await load();
      const { escrow, client, worker } = system;
      const job = await makeJob(system, { provider: worker.address });
      await request(system, job);
      await expect(fulfill(system, job, client))
        .to.be.revertedWithCustomError(escrow, "InvalidPayee")
        .withArgs(await escrow.hashJob(job), client);
      await fulfill(system, job, worker);
      expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(AMOUNT);
    });

    it("pays nobody at address 0", async () => {
      const system = await load();
      const job = await makeJob(system);
      await request(system, job);
      await expect(fulfill(system, job, ZeroAddress))
        .to.be.revertedWithCustomError(system.escrow, "InvalidPayee")
        .withArgs(await system.escrow.hashJob(job), ZeroAddress);
    });

    it("needs a funded job", async () => {
      const system = await load();
      const job = await makeJob(system);
      await expect(fulfill(system, job))
        .to.be.revertedWithCustomError(system.escrow, "InvalidStatus")
        .withArgs(await system.escrow.hashJob(job), 0n);
    });

    it("knows the result, and no other words as it", async () => {
      const system = await load();
      const { escrow } = system;
      const job = await makeJob(system);
      const jobId = await escrow.hashJob(job);
      await request(system, job);
      expect(await escrow.isResult(jobId, [55n])).to.equal(false);
      await fulfill(system, job);
      expect(await escrow.isResult(jobId, [55n])).to.equal(true);
      for (const others of [[], [54n], [55n, 0n]])
        expect(await escrow.isResult(jobId, others)).to.equal(false);
    });
  });

  describe("fulfillBatch", () => {
    it("pays each payee for its own job, and tells it", async () => {
      const system = await load();
      const { escrow, worker, other } = system;
      const batch = await makeBatch(system, [worker.address, other.address, system.deployer.address]);
      const sent = escrow.fulfillBatch(batch);
      for (const { job, payee, outputs } of batch) {
        const jobId = await escrow.hashJob(job);
        await expect(sent).to.emit(escrow, "Fulfilled").withArgs(jobId, payee, outputs);
        expect(await escrow.isResult(jobId, outputs)).to.equal(true);
        expect(await escrow.balanceOf(payee, ZeroAddress)).to.equal(AMOUNT);
      }
    });

    it("fulfills all or none", async () => {
      const system = await load();
      const { escrow, worker, other } = system;
      const [first, second] = await makeBatch(system, [worker.address, other.address]);
      const forged = { ...second, outputs: [second.outputs[0] + 1n] };
      for (const batch of [
        [first, forged],
        [forged, first],
      ]) {
        await expect(escrow.fulfillBatch(batch)).to.be.revertedWithCustomError(escrow, "InvalidProof");
      }
      expect((await escrow.jobState(await escrow.hashJob(first.job))).status).to.equal(1n);
    });

    it("refuses an empty batch", async () => {
      const { escrow, registry, modelId } = await load();
      await expect(escrow.fulfillBatch([])).to.be.revertedWithCustomError(escrow, "EmptyBatch");
      await expect(registry.verifyBatch(modelId, [], []))
        .to.be.revertedWithCustomError(registry, "InvalidBatch")
        .withArgs(0n, 0n);
    });

    it("refuses jobs of different models", async () => {
      const system = await load();
      const { escrow, registry, worker, other, key } = system;
      const [first, second] = await makeBatch(system, [worker.address, other.address]);
      const commitment = { ...COMMITMENT, modelHash: id("other model") };
      await registry.register(key, commitment, URI);
      const modelId = await registry.modelIdOf(key, commitment);
      const foreign = { ...second, job: { ...second.job, modelId } };
      await request(system, foreign.job);
      await expect(escrow.fulfillBatch([first, foreign]))
        .to.be.revertedWithCustomError(escrow, "MixedModels")
        .withArgs(system.modelId, modelId);
    });

    it("needs as many vectors of signals as proofs", async () => {
      const { registry, modelId } = await load();
      const { proof, signals } = await prove(4n, SALT, 0n);
      await expect(registry.verifyBatch(modelId, [proof, proof], [signals]))
        .to.be.revertedWithCustomError(registry, "InvalidBatch")
        .withArgs(2n, 1n);
    });
  });

  describe("refund", () => {
    it("before the deadline is the provider's to give", async () => {
      const system = await load();
      const { escrow, client, worker, other } = system;
      const job = await makeJob(system, { provider: worker.address });
      await request(system, job);
      for (const sender of [client, other]) {
        await expect(escrow.connect(sender).refund(job))
          .to.be.revertedWithCustomError(escrow, "RefundNotDue")
          .withArgs(await escrow.hashJob(job), job.fulfillBy);
      }
      await expect(escrow.connect(worker).refund(job))
        .to.emit(escrow, "Refunded")
        .withArgs(await escrow.hashJob(job), client, worker);
      expect(await escrow.balanceOf(client, ZeroAddress)).to.equal(AMOUNT);
    });

    it("and fulfillment are both final", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const declined = await makeJob(system, { provider: worker.address });
      const fulfilled = await makeJob(system);
      for (const job of [declined, fulfilled]) await request(system, job);
      await escrow.connect(worker).refund(declined);
      await fulfill(system, fulfilled);
      const expectOver = async (job: Job, status: bigint) => {
        for (const attempt of [() => fulfill(system, job), () => escrow.connect(worker).refund(job)]) {
          await expect(attempt())
            .to.be.revertedWithCustomError(escrow, "InvalidStatus")
            .withArgs(await escrow.hashJob(job), status);
        }
      };
      await expectOver(declined, 3n);
      await expectOver(fulfilled, 2n);
      await networkHelpers.time.increaseTo(BigInt(fulfilled.fulfillBy) + 1n);
      await expectOver(declined, 3n);
      await expectOver(fulfilled, 2n);
    });

    it("needs the very terms of the job", async () => {
      const system = await load();
      const { escrow } = system;
      const job = await makeJob(system);
      await request(system, job);
      await networkHelpers.time.increaseTo(BigInt(job.fulfillBy) + 1n);
      for (const changes of [{ amount: AMOUNT + 1n }, { bond: 1n }, { client: system.other.address }]) {
        await expect(escrow.refund({ ...job, ...changes })).to.be.revertedWithCustomError(
          escrow,
          "InvalidStatus",
        );
      }
    });
  });

  it("describes its EIP-712 domain", async () => {
    const { escrow } = await load();
    const { name, version, verifyingContract } = await escrow.eip712Domain();
    expect([name, version, verifyingContract]).to.deep.equal([
      "InferenceEscrow",
      "1",
      await escrow.getAddress(),
    ]);
  });

  it("tells a callback the outputs", async () => {
    const system = await load();
    const consumer = await ethers.deployContract("TestConsumer", [system.escrow]);
    const job = await makeJob(system, { callbackGas: 100_000n });
    await consumer.ask(job, { value: AMOUNT });
    const address = await consumer.getAddress();
    await fulfill(system, { ...job, client: address, callback: address });
    expect(await consumer.result()).to.equal(55n);
    expect((await proveJob(system, job, system.worker)).signals[0]).to.equal(55n);
  });
});
