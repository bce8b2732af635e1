import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import type { Authorization } from "../../src/client/settlement.js";
import {
  accept,
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
import { encodeKey, evaluate } from "./helpers/fixture.js";
import {
  type Answer,
  answer,
  batchKey,
  type BatchProof,
  deploySet,
  fundAnswers,
  proveMany,
  withBatches,
} from "./helpers/many.js";
import { makePuppet, Mode } from "./helpers/puppet.js";
import { authorizeJob, NONE } from "./helpers/settlement.js";
import { verificationKeyOf } from "./ledger/prover.js";

describe("InferenceEscrow: many jobs by one proof", () => {
  const load = () => networkHelpers.loadFixture(deploySet);

  async function expectPaid({ escrow }: System, answers: readonly Answer[]) {
    const due = new Map<string, bigint>();
    for (const { job, payee, outputs } of answers) {
      expect(await escrow.isResult(await escrow.hashJob(job), outputs)).to.equal(true);
      const account = `${payee} ${String(job.token)}`;
      due.set(account, (due.get(account) ?? 0n) + BigInt(job.amount) + BigInt(job.bond));
    }
    for (const [account, amount] of due) {
      const [payee, token] = account.split(" ");
      expect(await escrow.balanceOf(payee, token), account).to.equal(amount);
    }
  }

  const expectRefused = ({ escrow }: System, answers: readonly Answer[], proof: BatchProof, error: string) =>
    expect(escrow.fulfillMany([...answers], proof)).to.be.revertedWithCustomError(escrow, error);

  describe("fulfillMany", () => {
    for (const [count, jobs] of [
      [2, 2],
      [8, 8],
      [1, 2],
      [3, 4],
      [5, 8],
      [1, 8],
    ])
      it(`pays ${count} payees by a proof of ${jobs} jobs, and tells each`, async () => {
        const system = await load();
        const { escrow, worker, other, deployer } = system;
        const payees = Array.from({ length: count }, (_, i) => [worker, other, deployer][i % 3].address);
        const answers = await fundAnswers(system, payees);
        const sent = escrow.fulfillMany(answers, await proveMany(system, answers, jobs));
        for (const { job, payee, outputs } of answers)
          await expect(sent)
            .to.emit(escrow, "Fulfilled")
            .withArgs(await escrow.hashJob(job), payee, outputs);
        expect((await (await sent).wait())!.logs).to.have.length(count);
        await expectPaid(system, answers);
      });

    it("takes jobs of different clients, tokens, amounts, providers, bonds, deadlines and callbacks", async () => {
      const system = await load();
      const { escrow, client, worker, other } = system;
      const token = await system.token.getAddress();
      const puppet = await makePuppet(system);
      await escrow.connect(worker).deposit(token, 10n);
      const now = BigInt(await networkHelpers.time.latest());
      const callback = await puppet.getAddress();
      const answers = [
        await answer(system, 0n, other.address),
        await answer(system, 1n, worker.address, { token, bond: 7n, provider: worker.address }),
        await answer(system, 2n, other.address, { client: other.address, amount: 3n, token }),
        await answer(system, 3n, worker.address, { callback, callbackGas: 100_000n }),
        await answer(system, 4n, other.address, { fundBy: now + 50n, fulfillBy: now + 50n }),
      ];
      for (const { job } of answers) {
        const payer = { ...system, client: job.client === other.address ? other : client };
        await request(payer, job, job.bond === 0n ? "0x" : await accept(system, job));
      }
      await escrow.fulfillMany(answers, await proveMany(system, answers, 8));
      expect(await escrow.balanceOf(worker, token)).to.equal(AMOUNT + 7n + 3n);
      expect(await escrow.balanceOf(other, token)).to.equal(3n);
      expect(await escrow.balanceOf(other, ZeroAddress)).to.equal(2n * AMOUNT);
      expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(AMOUNT);
      expect(await puppet.calls()).to.equal(1n);
      expect(await system.token.balanceOf(escrow)).to.equal(AMOUNT + 10n + 3n);
    });

    it("tells the callbacks when all is paid, whatever they do", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const puppet = await makePuppet(system);
      const callback = await puppet.getAddress();
      const answers = await fundAnswers(system, [worker.address, worker.address], {
        callback,
        callbackGas: 200_000n,
      });
      const balance = escrow.interface.encodeFunctionData("balanceOf", [worker.address, ZeroAddress]);
      await puppet.tellToAct(escrow, balance);
      await networkHelpers.takeSnapshot().then(async (snapshot) => {
        await escrow.fulfillMany(answers, await proveMany(system, answers));
        expect(BigInt(await puppet.returned())).to.equal(2n * AMOUNT);
        await snapshot.restore();
      });
      await puppet.tell(Mode.Revert);
      const sent = escrow.fulfillMany(answers, await proveMany(system, answers));
      for (const { job } of answers)
        await expect(sent)
          .to.emit(escrow, "CallbackFailed")
          .withArgs(await escrow.hashJob(job), callback);
      await expectPaid(system, answers);
    });

    it("cannot be entered again by a callback with the same proof", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const puppet = await makePuppet(system);
      const callback = await puppet.getAddress();
      const answers = await fundAnswers(system, [worker.address, worker.address], {
        callback,
        callbackGas: 1_000_000n,
      });
      const proof = await proveMany(system, answers);
      await puppet.tellToAct(escrow, escrow.interface.encodeFunctionData("fulfillMany", [answers, proof]));
      await escrow.fulfillMany(answers, proof);
      expect(await puppet.calls()).to.equal(2n);
      expect(await puppet.acted()).to.equal(false);
      await expectPaid(system, answers);
    });

    it("works for a model with several output words", async () => {
      const system = await load();
      const { registry, escrow, worker } = system;
      const key = encodeKey(verificationKeyOf("three words", 5));
      await registry.registerSet(key, [batchKey(4)], COMMITMENT, URI);
      const modelId = await registry.setIdOf(key, [batchKey(4)], COMMITMENT);
      const wide = { ...system, modelId };
      const answers = (await fundAnswers(wide, [worker.address, worker.address])).map((one, i) => ({
        ...one,
        outputs: [1n, 2n, BigInt(i)],
      }));
      const proof = await proveMany(wide, answers, 4);
      // Three words of one job are no two and four of two jobs.
      const split = [
        { ...answers[0], outputs: [1n, 2n] },
        { ...answers[1], outputs: [5n, 1n, 2n, 1n] },
      ];
      await expect(escrow.fulfillMany(split, proof))
        .to.be.revertedWithCustomError(escrow, "OutputCountMismatch")
        .withArgs(await escrow.hashJob(answers[0].job), 3n, 2n);
      await escrow.fulfillMany(answers, proof);
      await expectPaid(wide, answers);
    });

    it("leaves the model's key for one job as it is", async () => {
      const system = await load();
      const job = await makeJob(system);
      await request(system, job);
      await fulfill(system, job);
      const next = await makeJob(system, { salt: id("next") });
      await request(system, next);
      const { proof, signals } = await proveJob(system, next, system.worker);
      const entry = { job: next, payee: system.worker.address, proof, outputs: [signals[0]] };
      await system.escrow.fulfillBatch([entry]);
      expect(await system.escrow.balanceOf(system.worker, ZeroAddress)).to.equal(2n * AMOUNT);
    });

    it("refuses no answers, and more than the proof is about", async () => {
      const system = await load();
      const answers = await fundAnswers(system, Array<string>(3).fill(system.worker.address));
      const proof = await proveMany(system, answers.slice(0, 2));
      await expectRefused(system, [], proof, "EmptyBatch");
      await expectRefused(system, answers, proof, "TooManyAnswers").withArgs(2n, 3n);
      await expectRefused(system, answers, { ...proof, jobs: 0n }, "TooManyAnswers").withArgs(0n, 3n);
    });

    it("refuses a number of jobs that the model has no key for", async () => {
      const system = await load();
      const { registry, escrow, worker, modelId } = system;
      const answers = await fundAnswers(system, [worker.address, worker.address]);
      const proof = await proveMany(system, answers);
      for (const jobs of [3n, 7n, 2n ** 200n])
        await expect(escrow.fulfillMany(answers, { ...proof, jobs }))
          .to.be.revertedWithCustomError(registry, "UnknownBatchSize")
          .withArgs(modelId, jobs);
      const single = await networkHelpers.loadFixture(deploy);
      const alone = await fundAnswers(single, [single.worker.address]);
      await expect(single.escrow.fulfillMany(alone, proof))
        .to.be.revertedWithCustomError(single.registry, "UnknownBatchSize")
        .withArgs(single.modelId, 2n);
      const unknown = { ...alone[0], job: { ...alone[0].job, modelId: id("unknown") } };
      await expect(single.escrow.fulfillMany([unknown], proof))
        .to.be.revertedWithCustomError(single.registry, "UnknownModel")
        .withArgs(id("unknown"));
    });

    it("refuses jobs of other models, in any place", async () => {
      const system = await load();
      const { worker, modelId } = system;
      const other = await withBatches(system, [2]);
      const [first, second] = await fundAnswers(system, [worker.address, worker.address]);
      const [foreign] = await fundAnswers(other, [worker.address]);
      const proof = await proveMany(system, [first, second]);
      await expectRefused(system, [first, foreign], proof, "MixedModels").withArgs(modelId, other.modelId);
      await expectRefused(system, [foreign, first], proof, "MixedModels").withArgs(other.modelId, modelId);
    });

    it("refuses the wrong number of outputs", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const answers = await fundAnswers(system, [worker.address, worker.address]);
      const proof = await proveMany(system, answers);
      for (const place of [0, 1]) {
        for (const outputs of [[], [...answers[place].outputs, 0n]]) {
          const jobId = await escrow.hashJob(answers[place].job);
          const changed = answers.with(place, { ...answers[place], outputs });
          await expectRefused(system, changed, proof, "OutputCountMismatch").withArgs(
            jobId,
            1n,
            outputs.length,
          );
        }
      }
    });

    it("refuses jobs that are not funded or over, and late ones", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const [first, second] = await fundAnswers(system, [worker.address, worker.address]);
      const unfunded = await answer(system, 9n, worker.address);
      const jobId = await escrow.hashJob(unfunded.job);
      const refused = await proveMany(system, [first, unfunded]);
      await expectRefused(system, [first, unfunded], refused, "InvalidStatus").withArgs(jobId, 0n);
      const late = await answer(system, 10n, worker.address, {
        fundBy: first.job.fundBy,
        fulfillBy: first.job.fundBy,
      });
      await request(system, late.job);
      await networkHelpers.time.increaseTo(BigInt(first.job.fundBy) + 1n);
      const answers = [first, late];
      await expectRefused(system, answers, await proveMany(system, answers), "FulfillmentClosed").withArgs(
        await escrow.hashJob(late.job),
        late.job.fulfillBy,
      );
      const good = [first, second];
      await escrow.fulfillMany(good, await proveMany(system, good));
      await expectRefused(system, good, await proveMany(system, good), "InvalidStatus");
    });

    it("pays the last second of a job, and not the next one", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const answers = await fundAnswers(system, [worker.address, worker.address]);
      const proof = await proveMany(system, answers);
      const last = BigInt(answers[0].job.fulfillBy);
      await networkHelpers.time.setNextBlockTimestamp(last);
      await networkHelpers.takeSnapshot().then(async (snapshot) => {
        await escrow.fulfillMany(answers, proof);
        await snapshot.restore();
      });
      await networkHelpers.time.increaseTo(last + 1n);
      await expectRefused(system, answers, proof, "FulfillmentClosed");
    });

    it("refuses payees that the job does not allow", async () => {
      const system = await load();
      const { escrow, worker, other } = system;
      const [first] = await fundAnswers(system, [worker.address]);
      const closed = await answer(system, 9n, other.address, { provider: worker.address });
      await request(system, closed.job);
      for (const payee of [other.address, ZeroAddress]) {
        const answers = [first, { ...closed, payee }];
        await expectRefused(system, answers, await proveMany(system, answers), "InvalidPayee").withArgs(
          await escrow.hashJob(closed.job),
          payee,
        );
      }
      const nobody = [{ ...first, payee: ZeroAddress }];
      await expectRefused(system, nobody, await proveMany(system, nobody, 2), "InvalidPayee");
    });
  });

  describe("settleMany", () => {
    const METHODS = ["receive", "allowance", "permit", "funded"] as const;

    /** Jobs in a token: what each of the methods pays, the last one funded. */
    async function mixed(system: System) {
      const token = await system.token.getAddress();
      const answers: Answer[] = [];
      const authorizations: Authorization[] = [];
      for (const [i, method] of METHODS.entries()) {
        const one = await answer(system, BigInt(i), system.worker.address, { token });
        if (method === "funded") await request(system, one.job);
        authorizations.push(method === "funded" ? NONE : await authorizeJob(system, one.job, method));
        answers.push(one);
      }
      return { answers, authorizations };
    }

    for (const jobs of [4, 8])
      it(`settles funded jobs and others by a proof of ${jobs} jobs, all or none`, async () => {
        const system = await load();
        const { escrow, worker, client, token } = system;
        const { answers, authorizations } = await mixed(system);
        const proof = await proveMany(system, answers, jobs);
        const forged = answers.with(1, { ...answers[1], outputs: [answers[1].outputs[0] + 1n] });
        await expect(escrow.settleMany(forged, authorizations, proof)).to.be.revertedWithCustomError(
          escrow,
          "InvalidProof",
        );
        const unsigned = authorizations.with(1, { ...authorizations[1], signature: "0x" });
        await expect(escrow.settleMany(answers, unsigned, proof)).to.be.revertedWithCustomError(
          escrow,
          "InvalidClientSignature",
        );
        expect(await escrow.balanceOf(worker, token)).to.equal(0n);
        const sent = escrow.settleMany(answers, authorizations, proof);
        await expect(sent).to.changeTokenBalances(
          ethers,
          token,
          [client, escrow],
          [-3n * AMOUNT, 3n * AMOUNT],
        );
        await expectPaid(system, answers);
        for (const { job, payee, outputs } of answers)
          await expect(sent)
            .to.emit(escrow, "Fulfilled")
            .withArgs(await escrow.hashJob(job), payee, outputs);
      });

    it("pays each payee, and the bond of a funded job only", async () => {
      const system = await load();
      const { escrow, worker, other } = system;
      const token = await system.token.getAddress();
      await escrow.connect(worker).deposit(token, 4n);
      const terms: Partial<Job> = { token, provider: worker.address, bond: 4n };
      const answers = [
        await answer(system, 0n, worker.address, terms),
        await answer(system, 1n, worker.address, terms),
        await answer(system, 2n, other.address, { token }),
      ];
      await request(system, answers[0].job, await accept(system, answers[0].job));
      const authorizations = [
        NONE,
        await authorizeJob(system, answers[1].job),
        await authorizeJob(system, answers[2].job),
      ];
      await escrow.settleMany(answers, authorizations, await proveMany(system, answers, 4));
      expect(await escrow.balanceOf(worker, token)).to.equal(2n * AMOUNT + 4n);
      expect(await escrow.balanceOf(other, token)).to.equal(AMOUNT);
      expect(await system.token.balanceOf(escrow)).to.equal(3n * AMOUNT + 4n);
    });

    it("tells the callbacks when all is paid", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const token = await system.token.getAddress();
      const puppet = await makePuppet(system);
      const callback = await puppet.getAddress();
      const answers = [];
      for (const x of [0n, 1n])
        answers.push(await answer(system, x, worker.address, { token, callback, callbackGas: 200_000n }));
      const authorizations = await Promise.all(answers.map(({ job }) => authorizeJob(system, job)));
      const balance = escrow.interface.encodeFunctionData("balanceOf", [worker.address, token]);
      await puppet.tellToAct(escrow, balance);
      await escrow.settleMany(answers, authorizations, await proveMany(system, answers));
      expect(await puppet.calls()).to.equal(2n);
      expect(BigInt(await puppet.returned())).to.equal(2n * AMOUNT);
    });

    it("refuses another number of authorizations, a missing one, and terms that cannot be funded", async () => {
      const system = await load();
      const { escrow, registry } = system;
      const { answers, authorizations } = await mixed(system);
      const proof = await proveMany(system, answers);
      await expect(escrow.settleMany(answers, authorizations.slice(1), proof))
        .to.be.revertedWithCustomError(escrow, "AuthorizationCountMismatch")
        .withArgs(4n, 3n);
      await expect(escrow.settleMany([], [], proof)).to.be.revertedWithCustomError(escrow, "EmptyBatch");
      await expect(escrow.settleMany(answers, authorizations.with(0, NONE), proof))
        .to.be.revertedWithCustomError(escrow, "InvalidStatus")
        .withArgs(await escrow.hashJob(answers[0].job), 0n);
      await expect(escrow.settleMany(answers, authorizations, { ...proof, jobs: 5n }))
        .to.be.revertedWithCustomError(registry, "UnknownBatchSize")
        .withArgs(system.modelId, 5n);
      const { inputCommitment } = evaluate(0n, SALT);
      const zero = answers.with(
        0,
        await answer(system, 0n, system.worker.address, { inputCommitment, amount: 0n }),
      );
      await expect(escrow.settleMany(zero, authorizations, proof)).to.be.revertedWithCustomError(
        escrow,
        "ZeroAmount",
      );
    });
  });
});
