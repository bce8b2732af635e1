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
import { evaluate, prove } from "./helpers/fixture.js";
import { makePuppet } from "./helpers/puppet.js";
import { authorizeJob, NONE } from "./helpers/settlement.js";

describe("InferenceEscrow: batches of settlements, and fulfillAndWithdraw", () => {
  const load = () => networkHelpers.loadFixture(deploy);

  const jobIn = async (system: System, changes: Partial<Job> = {}): Promise<Job> =>
    makeJob(system, { token: await system.token.getAddress(), ...changes });

  describe("settleBatch", () => {
    /** Jobs of one model with inputs of their own: what each of the methods pays, the last one funded. */
    async function mixed(system: System) {
      const { escrow, worker } = system;
      const fulfillments = [];
      const authorizations: Authorization[] = [];
      for (const [i, method] of (["receive", "allowance", "permit", "funded"] as const).entries()) {
        const x = BigInt(i);
        const { inputCommitment } = evaluate(x, SALT);
        const job = await jobIn(system, { inputCommitment, salt: id(method) });
        if (method === "funded") await request(system, job);
        authorizations.push(method === "funded" ? NONE : await authorizeJob(system, job, method));
        const binding = await escrow.bindingOf(await escrow.hashJob(job), worker);
        const { proof, signals } = await prove(x, SALT, binding);
        fulfillments.push({ job, payee: worker.address, proof, outputs: [signals[0]] });
      }
      return { fulfillments, authorizations };
    }

    it("settles funded jobs and others of one model, all or none", async () => {
      const system = await load();
      const { escrow, worker, client, token } = system;
      const { fulfillments, authorizations } = await mixed(system);
      const forged = fulfillments.with(1, {
        ...fulfillments[1],
        outputs: [fulfillments[1].outputs[0] + 1n],
      });
      await expect(escrow.settleBatch(forged, authorizations)).to.be.revertedWithCustomError(
        escrow,
        "InvalidProof",
      );
      const unsigned = authorizations.with(1, { ...authorizations[1], signature: "0x" });
      await expect(escrow.settleBatch(fulfillments, unsigned)).to.be.revertedWithCustomError(
        escrow,
        "InvalidClientSignature",
      );
      expect(await escrow.balanceOf(worker, token)).to.equal(0n);
      await expect(escrow.settleBatch(fulfillments, authorizations)).to.changeTokenBalances(
        ethers,
        token,
        [client, escrow],
        [-3n * AMOUNT, 3n * AMOUNT],
      );
      expect(await escrow.balanceOf(worker, token)).to.equal(4n * AMOUNT);
      for (const { job, outputs } of fulfillments)
        expect(await escrow.isResult(await escrow.hashJob(job), outputs)).to.equal(true);
    });

    it("refuses a job twice, jobs of two models, an empty batch and missing authorizations", async () => {
      const system = await load();
      const { escrow, registry, key } = system;
      const { fulfillments, authorizations } = await mixed(system);
      const [first, second] = fulfillments;
      await expect(
        escrow.settleBatch([first, first], [authorizations[0], authorizations[0]]),
      ).to.be.revertedWithCustomError(escrow, "InvalidStatus");
      const commitment = { ...COMMITMENT, modelHash: id("other model") };
      await registry.register(key, commitment, URI);
      const modelId = await registry.modelIdOf(key, commitment);
      const foreign = { ...second, job: { ...second.job, modelId } };
      await expect(escrow.settleBatch([first, foreign], authorizations.slice(0, 2)))
        .to.be.revertedWithCustomError(escrow, "MixedModels")
        .withArgs(system.modelId, modelId);
      await expect(escrow.settleBatch([], [])).to.be.revertedWithCustomError(escrow, "EmptyBatch");
      await expect(escrow.settleBatch(fulfillments, authorizations.slice(1)))
        .to.be.revertedWithCustomError(escrow, "AuthorizationCountMismatch")
        .withArgs(4n, 3n);
    });

    it("pays the bond of a funded job only", async () => {
      const system = await load();
      const { escrow, worker, token } = system;
      await escrow.connect(worker).deposit(token, 4n);
      const job = await jobIn(system, { provider: worker.address, bond: 4n });
      const next = { ...job, salt: id("next") };
      await request(system, job, await accept(system, job));
      const entries = [];
      for (const one of [job, next]) {
        const { proof, signals } = await proveJob(system, one, worker);
        entries.push({ job: one, payee: worker.address, proof, outputs: [signals[0]] });
      }
      await escrow.settleBatch(entries, [NONE, await authorizeJob(system, next)]);
      expect(await escrow.balanceOf(worker, token)).to.equal(2n * AMOUNT + 4n);
      expect(await token.balanceOf(escrow)).to.equal(2n * AMOUNT + 4n);
    });

    it("tells the callbacks when all is paid", async () => {
      const system = await load();
      const { escrow, worker, token } = system;
      const puppet = await makePuppet(system);
      const callback = await puppet.getAddress();
      const batch = [];
      const authorizations = [];
      for (const name of ["first", "second"]) {
        const job = await jobIn(system, { callback, callbackGas: 100_000n, salt: id(name) });
        const { proof, signals } = await proveJob(system, job, worker);
        batch.push({ job, payee: worker.address, proof, outputs: [signals[0]] });
        authorizations.push(await authorizeJob(system, job));
      }
      await escrow.settleBatch(batch, authorizations);
      expect(await puppet.calls()).to.equal(2n);
      expect(await escrow.balanceOf(worker, token)).to.equal(2n * AMOUNT);
    });
  });

  describe("fulfillAndWithdraw", () => {
    it("sends amount and bond where the payee says, in native tokens and in others", async () => {
      const system = await load();
      const { escrow, worker, other, token } = system;
      for (const asset of [ZeroAddress, await token.getAddress()]) {
        await escrow.connect(worker).deposit(asset, 3n, { value: asset === ZeroAddress ? 3n : 0n });
        const job = await makeJob(system, { token: asset, provider: worker.address, bond: 3n });
        await request(system, job, await accept(system, job));
        const { proof, signals } = await proveJob(system, job, worker);
        const sent = escrow.connect(worker).fulfillAndWithdraw(job, proof, [signals[0]], other);
        const moved: [unknown[], bigint[]] = [
          [escrow, other],
          [-AMOUNT - 3n, AMOUNT + 3n],
        ];
        await (asset === ZeroAddress
          ? expect(sent).to.changeEtherBalances(ethers, ...(moved as never as [never[], bigint[]]))
          : expect(sent).to.changeTokenBalances(ethers, token, ...(moved as never as [never[], bigint[]])));
        await expect(sent)
          .to.emit(escrow, "Fulfilled")
          .withArgs(await escrow.hashJob(job), worker, [55n])
          .and.to.emit(escrow, "Withdrawn")
          .withArgs(worker, asset, AMOUNT + 3n, other);
        expect(await escrow.balanceOf(worker, asset)).to.equal(0n);
        expect(await escrow.isResult(await escrow.hashJob(job), [55n])).to.equal(true);
      }
    });

    it("is of no use to whoever copies it", async () => {
      const system = await load();
      const { escrow, worker, other } = system;
      const job = await makeJob(system);
      await request(system, job);
      const { proof, signals } = await proveJob(system, job, worker);
      await expect(
        escrow.connect(other).fulfillAndWithdraw(job, proof, [signals[0]], other),
      ).to.be.revertedWithCustomError(escrow, "InvalidProof");
    });

    it("needs a funded job in time, and a recipient that does not lose the money", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const job = await makeJob(system);
      const { proof, signals } = await proveJob(system, job, worker);
      const send = (to: string) => escrow.connect(worker).fulfillAndWithdraw(job, proof, [signals[0]], to);
      await expect(send(worker.address)).to.be.revertedWithCustomError(escrow, "InvalidStatus");
      await request(system, job);
      for (const to of [ZeroAddress, await escrow.getAddress()]) {
        await expect(send(to)).to.be.revertedWithCustomError(escrow, "InvalidRecipient").withArgs(to);
      }
      await networkHelpers.time.increaseTo(BigInt(job.fulfillBy) + 1n);
      await expect(send(worker.address)).to.be.revertedWithCustomError(escrow, "FulfillmentClosed");
    });

    it("cannot be entered again from the recipient, and tells the callback", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const puppet = await makePuppet(system);
      const address = await puppet.getAddress();
      const job = await makeJob(system, { callback: address, callbackGas: 200_000n });
      const bystander = { ...job, salt: id("bystander") };
      for (const one of [job, bystander]) await request(system, one);
      const { proof, signals } = await proveJob(system, job, worker);
      const data = escrow.interface.encodeFunctionData("withdraw", [ZeroAddress, 1n, address]);
      await escrow.connect(worker).deposit(ZeroAddress, 1n, { value: 1n });
      await puppet.tellToAct(escrow, data);
      await escrow.connect(worker).fulfillAndWithdraw(job, proof, [signals[0]], puppet);
      expect(await puppet.calls()).to.equal(2n);
      expect(await puppet.acted()).to.equal(false);
      expect(await ethers.provider.getBalance(escrow)).to.equal(AMOUNT + 1n);
      await fulfill(system, bystander);
    });
  });
});
