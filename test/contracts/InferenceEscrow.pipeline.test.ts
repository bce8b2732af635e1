import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import type { Authorization, SettlementMethod } from "../../src/client/settlement.js";
import {
  accept,
  AMOUNT,
  deploy,
  ethers,
  fulfill,
  type Job,
  makeJob,
  networkHelpers,
  proveJob,
  request,
  type System,
} from "./helpers/escrow.js";
import { deploySet, proveMany } from "./helpers/many.js";
import {
  answer,
  differing,
  fundAnswer,
  type PipelineAnswer,
  type PipelineProof,
  type PipelineSystem,
  proveAnswer,
  sharing,
  withPipeline,
} from "./helpers/pipeline.js";
import { makePuppet, Mode } from "./helpers/puppet.js";
import { authorizeJob, NONE } from "./helpers/settlement.js";

describe("InferenceEscrow: a model in segments", () => {
  const deployThree = async () => withPipeline(await deploy(), differing(3));
  const load = () => networkHelpers.loadFixture(deployThree);

  const fulfillPipeline = (
    { escrow }: System,
    { job, payee, outputs }: PipelineAnswer,
    proof: PipelineProof,
  ) => escrow.fulfillPipeline(job, payee, proof, outputs);

  async function expectPaid({ escrow }: System, { job, payee, outputs }: PipelineAnswer) {
    expect(await escrow.isResult(await escrow.hashJob(job), outputs)).to.equal(true);
    expect(await escrow.balanceOf(payee, job.token)).to.equal(BigInt(job.amount) + BigInt(job.bond));
  }

  const expectRefused = (system: System, one: PipelineAnswer, proof: PipelineProof, error: string) =>
    expect(fulfillPipeline(system, one, proof)).to.be.revertedWithCustomError(system.escrow, error);

  describe("fulfillPipeline", () => {
    for (const [name, segments] of [
      ...[2, 3, 4, 8].map((count) => [`${count} segments`, differing(count)] as const),
      ...[3, 4, 8].map((count) => [`${count} segments, one key in between`, sharing(count)] as const),
      ["8 segments, with keys in turn", [0, 1, 2, 1, 2, 2, 1, 3]] as const,
    ])
      for (const outputs of [1, 3])
        it(`pays for a model of ${name}, with ${outputs} output words`, async () => {
          const system = await withPipeline(await networkHelpers.loadFixture(deploy), segments, outputs);
          const { escrow, other } = system;
          const one = await fundAnswer(system);
          const proof = await proveAnswer(system, one);
          const sent = escrow.connect(other).fulfillPipeline(one.job, one.payee, proof, one.outputs);
          await expect(sent)
            .to.emit(escrow, "Fulfilled")
            .withArgs(await escrow.hashJob(one.job), one.payee, one.outputs);
          expect((await (await sent).wait())!.logs).to.have.length(1);
          await expectPaid(system, one);
        });

    it("pays amount and bond, in a token, and tells the callback last", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const token = await system.token.getAddress();
      const puppet = await makePuppet(system);
      await escrow.connect(worker).deposit(token, 7n);
      const callback = await puppet.getAddress();
      const one = await answer(system, {
        token,
        bond: 7n,
        provider: worker.address,
        callback,
        callbackGas: 200_000n,
      });
      await request(system, one.job, await accept(system, one.job));
      await puppet.tellToAct(
        escrow,
        escrow.interface.encodeFunctionData("balanceOf", [worker.address, token]),
      );
      await fulfillPipeline(system, one, await proveAnswer(system, one));
      expect(BigInt(await puppet.returned())).to.equal(AMOUNT + 7n);
      await expectPaid(system, one);
    });

    it("stands if the callback fails, and cannot be entered again", async () => {
      const system = await load();
      const { escrow } = system;
      const puppet = await makePuppet(system);
      const callback = await puppet.getAddress();
      const one = await fundAnswer(system, { callback, callbackGas: 1_000_000n });
      const proof = await proveAnswer(system, one);
      const again = escrow.interface.encodeFunctionData("fulfillPipeline", [
        one.job,
        one.payee,
        proof,
        one.outputs,
      ]);
      await puppet.tellToAct(escrow, again);
      await networkHelpers.takeSnapshot().then(async (snapshot) => {
        await fulfillPipeline(system, one, proof);
        expect(await puppet.calls()).to.equal(1n);
        expect(await puppet.acted()).to.equal(false);
        await expectPaid(system, one);
        await snapshot.restore();
      });
      await puppet.tell(Mode.Revert);
      await expect(fulfillPipeline(system, one, proof)).to.emit(escrow, "CallbackFailed");
      await expectPaid(system, one);
    });

    it("refuses jobs that are not funded or over, and late ones", async () => {
      const system = await load();
      const { escrow } = system;
      const unfunded = await answer(system, { salt: id("unfunded") });
      await expectRefused(system, unfunded, await proveAnswer(system, unfunded), "InvalidStatus").withArgs(
        await escrow.hashJob(unfunded.job),
        0n,
      );
      const one = await fundAnswer(system);
      const proof = await proveAnswer(system, one);
      const last = BigInt(one.job.fulfillBy);
      await networkHelpers.takeSnapshot().then(async (snapshot) => {
        await networkHelpers.time.setNextBlockTimestamp(last);
        await fulfillPipeline(system, one, proof);
        await expectRefused(system, one, proof, "InvalidStatus").withArgs(await escrow.hashJob(one.job), 2n);
        await snapshot.restore();
      });
      await networkHelpers.time.increaseTo(last + 1n);
      await expectRefused(system, one, proof, "FulfillmentClosed").withArgs(
        await escrow.hashJob(one.job),
        last,
      );
    });

    it("refuses payees that the job does not allow, even with proofs for them", async () => {
      const system = await load();
      const { worker, other, escrow } = system;
      const closed = await fundAnswer(system, { provider: worker.address });
      for (const payee of [other.address, ZeroAddress]) {
        const theirs = { ...closed, payee };
        await expectRefused(system, theirs, await proveAnswer(system, theirs), "InvalidPayee").withArgs(
          await escrow.hashJob(closed.job),
          payee,
        );
      }
    });

    it("refuses another number of proofs, edges or outputs", async () => {
      const system = await load();
      const { escrow, registry } = system;
      const one = await fundAnswer(system);
      const { proofs, edges } = await proveAnswer(system, one);
      for (const [proof, ...counts] of [
        [{ proofs: [], edges: [] }, 0n, 0n],
        [{ proofs: proofs.slice(1), edges }, 2n, 2n],
        [{ proofs: proofs.slice(1), edges: edges.slice(1) }, 2n, 1n],
        [{ proofs: [...proofs, proofs[0]], edges }, 4n, 2n],
        [{ proofs, edges: [] }, 3n, 0n],
        [{ proofs, edges: [...edges, 0n] }, 3n, 3n],
      ] as const)
        await expect(
          escrow.fulfillPipeline(
            one.job,
            one.payee,
            { proofs: [...proof.proofs], edges: [...proof.edges] },
            one.outputs,
          ),
        )
          .to.be.revertedWithCustomError(registry, "SegmentCountMismatch")
          .withArgs(3n, ...counts);
      for (const outputs of [[], [...one.outputs, 0n]])
        await expect(fulfillPipeline(system, { ...one, outputs }, { proofs, edges }))
          .to.be.revertedWithCustomError(registry, "SignalCountMismatch")
          .withArgs(3n, outputs.length + 2);
    });

    it("refuses models of other kinds, and other functions refuse pipelines", async () => {
      const system = await load();
      const { escrow, registry, modelId } = system;
      const one = await fundAnswer(system);
      const proof = await proveAnswer(system, one);
      const set = await deploySet();
      for (const [other, kind] of [
        [
          await registry.modelIdOf(system.key, {
            modelHash: id("model"),
            circuitHash: id("circuit"),
            setupHash: id("setup"),
          }),
          1n,
        ],
        [set.modelId, 2n],
      ] as const) {
        const where = kind === 1n ? system : { ...system, escrow: set.escrow, registry: set.registry };
        const foreign = await fundAnswer({ ...where, modelId: other });
        await expect(fulfillPipeline(where, foreign, proof))
          .to.be.revertedWithCustomError(where.registry, "WrongKind")
          .withArgs(other, kind);
      }
      const entry = { job: one.job, payee: one.payee, proof: proof.proofs[0], outputs: one.outputs };
      const many = await proveMany(system, [one], 2);
      for (const call of [
        () => escrow.fulfill(one.job, one.payee, proof.proofs[0], one.outputs),
        () =>
          escrow.connect(system.worker).fulfillAndWithdraw(one.job, proof.proofs[0], one.outputs, one.payee),
        () => escrow.fulfillBatch([entry]),
        () => escrow.fulfillMany([{ job: one.job, payee: one.payee, outputs: one.outputs }], many),
      ])
        await expect(call()).to.be.revertedWithCustomError(registry, "WrongKind").withArgs(modelId, 3n);
      await fulfillPipeline(system, one, proof);
    });

    it("leaves jobs of a model with one key as they are", async () => {
      const system = await networkHelpers.loadFixture(deploy);
      await withPipeline(system, differing(2));
      const job = await makeJob(system);
      await request(system, job);
      await fulfill(system, job);
      const { signals } = await proveJob(system, job, system.worker);
      expect(await system.escrow.isResult(await system.escrow.hashJob(job), [signals[0]])).to.equal(true);
    });
  });

  describe("settlePipeline", () => {
    const settle = (
      { escrow }: System,
      { job, payee, outputs }: PipelineAnswer,
      authorization: Authorization,
      proof: PipelineProof,
    ) => escrow.settlePipeline(job, authorization, payee, proof, outputs);

    const inToken = async (system: PipelineSystem, changes: Partial<Job> = {}) =>
      answer(system, { token: await system.token.getAddress(), ...changes });

    for (const method of ["receive", "allowance", "permit"] as const satisfies SettlementMethod[])
      it(`takes the payment and pays for the proofs at once, by ${method}`, async () => {
        const system = await load();
        const { escrow, client, token } = system;
        const one = await inToken(system);
        const jobId = await escrow.hashJob(one.job);
        const authorization = await authorizeJob(system, one.job, method);
        const sent = settle(system, one, authorization, await proveAnswer(system, one));
        await expect(sent).to.changeTokenBalances(ethers, token, [client, escrow], [-AMOUNT, AMOUNT]);
        await expect(sent).to.emit(escrow, "Requested");
        await expect(sent).to.emit(escrow, "Fulfilled").withArgs(jobId, one.payee, one.outputs);
        await expectPaid(system, one);
      });

    it("just fulfills a job that is funded, bond included, and leaves the authorization alone", async () => {
      const system = await load();
      const { escrow, worker, client, token } = system;
      await escrow.connect(worker).deposit(token, 5n);
      const one = await inToken(system, { provider: worker.address, bond: 5n });
      await request(system, one.job, await accept(system, one.job));
      const authorization = await authorizeJob(system, one.job);
      const sent = settle(system, one, authorization, await proveAnswer(system, one));
      await expect(sent).to.changeTokenBalances(ethers, token, [client], [0n]);
      await expect(sent).not.to.emit(escrow, "Requested");
      await expectPaid(system, one);
    });

    it("does not pay the bond of a job whose bond was never taken", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const one = await inToken(system, { provider: worker.address, bond: 5n });
      await settle(system, one, await authorizeJob(system, one.job), await proveAnswer(system, one));
      expect(await escrow.balanceOf(worker, one.job.token)).to.equal(AMOUNT);
    });

    it("moves nothing without valid proofs, and the authorization is good afterwards", async () => {
      const system = await load();
      const { escrow, registry, client, worker, token } = system;
      const one = await inToken(system);
      const authorization = await authorizeJob(system, one.job);
      const proof = await proveAnswer(system, one);
      const before = await token.balanceOf(client);
      const refused = (changed: PipelineAnswer, other: PipelineProof) =>
        expect(settle(system, changed, authorization, other)).to.be.revertedWithCustomError(
          escrow,
          "InvalidProof",
        );
      await refused({ ...one, outputs: [one.outputs[0] + 1n] }, proof);
      await refused({ ...one, payee: system.other.address }, proof);
      await refused(one, { ...proof, edges: proof.edges.toReversed() });
      await refused(one, { ...proof, proofs: proof.proofs.toReversed() });
      await expect(
        settle(system, one, authorization, { ...proof, proofs: proof.proofs.slice(1) }),
      ).to.be.revertedWithCustomError(registry, "SegmentCountMismatch");
      await expect(settle(system, one, NONE, proof))
        .to.be.revertedWithCustomError(escrow, "InvalidStatus")
        .withArgs(await escrow.hashJob(one.job), 0n);
      expect(await token.balanceOf(client)).to.equal(before);
      expect(await escrow.balanceOf(worker, token)).to.equal(0n);
      await settle(system, one, authorization, proof);
      await expectPaid(system, one);
      await expect(settle(system, one, authorization, proof)).to.be.revertedWithCustomError(
        escrow,
        "InvalidStatus",
      );
    });

    it("holds a job to the terms of a request, payee and deadline included", async () => {
      const system = await load();
      const { escrow, worker, other } = system;
      const refused = async (changes: Partial<Job>, error: string, payee = worker.address) => {
        const one = { ...(await inToken(system, changes)), payee };
        const authorization = await authorizeJob(system, one.job, "allowance");
        const proof = await proveAnswer(system, one);
        await expect(settle(system, one, authorization, proof)).to.be.revertedWithCustomError(escrow, error);
      };
      await refused({ amount: 0n }, "ZeroAmount");
      await refused({ fundBy: 1n }, "FundingClosed");
      await refused({ provider: worker.address }, "InvalidPayee", other.address);
      await refused({}, "InvalidPayee", ZeroAddress);
      await refused({ modelId: id("unknown") }, "UnsuitableModel");
    });

    it("tells the callback", async () => {
      const system = await load();
      const puppet = await makePuppet(system);
      const one = await inToken(system, { callback: await puppet.getAddress(), callbackGas: 100_000n });
      await settle(system, one, await authorizeJob(system, one.job), await proveAnswer(system, one));
      expect(await puppet.calls()).to.equal(1n);
    });
  });
});
