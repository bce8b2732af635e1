import { expect } from "chai";
import { id, Signature, ZeroAddress } from "ethers";
import {
  accept,
  AMOUNT,
  deploy,
  ethers,
  fulfill,
  type Job,
  makeJob,
  networkHelpers,
  request,
  type System,
} from "./helpers/escrow.js";
import { encodeKey, keys, R } from "./helpers/fixture.js";
import { authorize, permit } from "./helpers/token.js";

const MAX = 2n ** 256n - 1n;

describe("InferenceEscrow: funding", () => {
  const load = () => networkHelpers.loadFixture(deploy);

  /** The job is refused, and the money is where it was. */
  async function expectRefused(system: System, changes: Partial<Job>, error: string, ...args: unknown[]) {
    const job = await makeJob(system, changes);
    const refusal = expect(request(system, job)).to.be.revertedWithCustomError(system.escrow, error);
    await (args.length === 0 ? refusal : refusal.withArgs(...args));
    expect((await system.escrow.jobState(await system.escrow.hashJob(job))).status).to.equal(0n);
  }

  /** The job is funded, and the escrow has said so. */
  async function expectFunded({ escrow }: System, job: Job): Promise<void> {
    const jobId = await escrow.hashJob(job);
    expect((await escrow.jobState(jobId)).status).to.equal(1n);
    const [event] = await escrow.queryFilter(escrow.filters.Requested(jobId));
    expect(event.args.modelId).to.equal(job.modelId);
    expect([...event.args.job].map(String)).to.deep.equal(Object.values(job).map(String));
  }

  describe("terms", () => {
    it("refuses an amount of zero", async () => {
      await expectRefused(await load(), { amount: 0n }, "ZeroAmount");
    });

    it("refuses an input commitment that is not a field element", async () => {
      const system = await load();
      await expectRefused(system, { inputCommitment: R }, "InvalidInputCommitment", R);
      await request(system, await makeJob(system, { inputCommitment: R - 1n }));
    });

    it("refuses a model that is unknown or has less than three public signals", async () => {
      const system = await load();
      const unknown = id("unknown");
      await expectRefused(system, { modelId: unknown }, "UnsuitableModel", unknown);
      const commitment = { modelHash: unknown, circuitHash: unknown, setupHash: unknown };
      const short = encodeKey(keys.contributed).slice(0, -128);
      await system.registry.register(short, commitment, "");
      const modelId = await system.registry.modelIdOf(short, commitment);
      await expectRefused(system, { modelId }, "UnsuitableModel", modelId);
    });

    it("refuses callback gas without a callback, or more than the limit", async () => {
      const system = await load();
      const { address } = system.other;
      await expectRefused(system, { callbackGas: 1n }, "CallbackGasTooHigh", 1n);
      const limit = await system.escrow.MAX_CALLBACK_GAS();
      await expectRefused(
        system,
        { callback: address, callbackGas: limit + 1n },
        "CallbackGasTooHigh",
        limit + 1n,
      );
      await request(system, await makeJob(system, { callback: address, callbackGas: limit }));
    });

    it("refuses a bond without a provider", async () => {
      await expectRefused(await load(), { bond: 1n }, "BondWithoutProvider", 1n);
    });

    it("refuses a job that was funded before, whatever became of it", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const funded = await makeJob(system);
      const fulfilled = await makeJob(system, { salt: id("fulfilled") });
      const refunded = await makeJob(system, { salt: id("refunded"), provider: worker.address });
      for (const job of [funded, fulfilled, refunded]) await request(system, job);
      await fulfill(system, fulfilled);
      await escrow.connect(worker).refund(refunded);
      for (const [job, status] of [
        [funded, 1n],
        [fulfilled, 2n],
        [refunded, 3n],
      ] as const) {
        await expect(request(system, job))
          .to.be.revertedWithCustomError(escrow, "InvalidStatus")
          .withArgs(await escrow.hashJob(job), status);
      }
    });

    it("refuses a sender that is not the client", async () => {
      const system = await load();
      const { escrow, client, other } = system;
      const job = await makeJob(system);
      const attempts = [
        () => escrow.connect(other).request(job, "0x", { value: AMOUNT }),
        () => escrow.connect(other).requestWithPermit(job, "0x", MAX, 27, id("r"), id("s")),
        () => escrow.connect(other).requestFromBalance(job, "0x"),
      ];
      for (const attempt of attempts) {
        await expect(attempt()).to.be.revertedWithCustomError(escrow, "NotClient").withArgs(client);
      }
    });

    it("refuses a job whose words have stray bits", async () => {
      const system = await load();
      const { escrow, client } = system;
      const job = await makeJob(system, { callback: system.other.address });
      const data = escrow.interface.encodeFunctionData("request", [job, "0x"]);
      // client, provider, token, fundBy, fulfillBy, callback, callbackGas
      for (const index of [2, 3, 4, 7, 8, 9, 10]) {
        const at = 2 + 8 + 64 * index;
        const stray = `${data.slice(0, at)}8${data.slice(at + 1)}`;
        const sent = client.sendTransaction({ to: escrow, data: stray, value: AMOUNT });
        await expect(sent, `word ${index}`).to.be.revertedWithoutReason(ethers);
      }
    });
  });

  describe("payment", () => {
    it("in native tokens takes just the amount", async () => {
      const system = await load();
      const { escrow, client } = system;
      const job = await makeJob(system);
      for (const value of [0n, AMOUNT - 1n, AMOUNT + 1n]) {
        await expect(escrow.connect(client).request(job, "0x", { value }))
          .to.be.revertedWithCustomError(escrow, "InvalidValue")
          .withArgs(AMOUNT, value);
      }
    });

    it("in tokens takes no native tokens", async () => {
      const system = await load();
      const { escrow, client, token } = system;
      const job = await makeJob(system, { token: await token.getAddress() });
      await expect(escrow.connect(client).request(job, "0x", { value: 1n }))
        .to.be.revertedWithCustomError(escrow, "InvalidValue")
        .withArgs(0n, 1n);
    });

    it("refuses an account without code as a token", async () => {
      const system = await load();
      const { escrow, client, other } = system;
      await expectRefused(system, { token: other.address }, "NotAToken", other.address);
      for (const token of [other.address, ZeroAddress]) {
        const job = await makeJob(system, { token });
        const r = id("r");
        for (const attempt of [
          () => escrow.connect(client).requestWithPermit(job, "0x", MAX, 27, r, r),
          () => escrow.connect(client).requestWithAuthorization(job, "0x", 0n, MAX, 27, r, r),
        ]) {
          await expect(attempt()).to.be.revertedWithCustomError(escrow, "NotAToken").withArgs(token);
        }
      }
    });

    it("with a permit needs no allowance", async () => {
      const system = await load();
      const { escrow, client, token } = system;
      await token.connect(client).approve(escrow, 0n);
      const job = await makeJob(system, { token: await token.getAddress() });
      const { v, r, s } = Signature.from(await permit(system, AMOUNT));
      await expect(escrow.connect(client).requestWithPermit(job, "0x", MAX, v, r, s)).to.changeTokenBalances(
        ethers,
        token,
        [client, escrow],
        [-AMOUNT, AMOUNT],
      );
      await expectFunded(system, job);
    });

    it("with a bad permit and no allowance fails", async () => {
      const system = await load();
      const { escrow, client, token } = system;
      await token.connect(client).approve(escrow, 0n);
      const job = await makeJob(system, { token: await token.getAddress() });
      const { v, r, s } = Signature.from(await permit(system, AMOUNT - 1n));
      await expect(
        escrow.connect(client).requestWithPermit(job, "0x", MAX, v, r, s),
      ).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance");
    });

    it("with an authorization can be sent by anyone", async () => {
      const system = await load();
      const { escrow, client, token, other } = system;
      const job = await makeJob(system, { token: await token.getAddress() });
      const { v, r, s } = Signature.from(await authorize(system, job));
      await expect(
        escrow.connect(other).requestWithAuthorization(job, "0x", 0n, MAX, v, r, s),
      ).to.changeTokenBalances(ethers, token, [client, escrow], [-AMOUNT, AMOUNT]);
      const nonce = await escrow.jobDigest(await escrow.hashJob(job));
      expect(await token.authorizationState(client, nonce)).to.equal(true);
      await expectFunded(system, job);
    });

    it("with an authorization is good for no other job", async () => {
      const system = await load();
      const { escrow, token, other } = system;
      const job = await makeJob(system, { token: await token.getAddress() });
      const { v, r, s } = Signature.from(await authorize(system, job));
      const stolen = { ...job, provider: other.address };
      await expect(
        escrow.connect(other).requestWithAuthorization(stolen, "0x", 0n, MAX, v, r, s),
      ).to.be.revertedWithCustomError(token, "ERC3009InvalidSignature");
    });

    it("from a balance debits it", async () => {
      const system = await load();
      const { escrow, client, token } = system;
      await escrow.connect(client).deposit(token, AMOUNT + 1n);
      const job = await makeJob(system, { token: await token.getAddress() });
      await escrow.connect(client).requestFromBalance(job, "0x");
      expect(await escrow.balanceOf(client, token)).to.equal(1n);
      await expectFunded(system, job);
      const next = { ...job, salt: id("next") };
      await expect(escrow.connect(client).requestFromBalance(next, "0x"))
        .to.be.revertedWithCustomError(escrow, "BalanceTooLow")
        .withArgs(client, token, 1n, AMOUNT);
    });
  });

  describe("bond", () => {
    it("is taken from the provider's balance, by its signature", async () => {
      const system = await load();
      const { escrow, worker } = system;
      await escrow.connect(worker).deposit(ZeroAddress, 5n, { value: 5n });
      const job = await makeJob(system, { provider: worker.address, bond: 4n });
      await request(system, job, await accept(system, job));
      expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(1n);
      await fulfill(system, job);
      expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(AMOUNT + 5n);
    });

    it("goes to the client if the provider declines or does not prove", async () => {
      const system = await load();
      const { escrow, client, worker, other } = system;
      await escrow.connect(worker).deposit(ZeroAddress, 9n, { value: 9n });
      const declined = await makeJob(system, { provider: worker.address, bond: 4n });
      const forgotten = await makeJob(system, { provider: worker.address, bond: 5n });
      for (const job of [declined, forgotten]) await request(system, job, await accept(system, job));
      await escrow.connect(worker).refund(declined);
      expect(await escrow.balanceOf(client, ZeroAddress)).to.equal(AMOUNT + 4n);
      await networkHelpers.time.increaseTo(BigInt(forgotten.fulfillBy) + 1n);
      await escrow.connect(other).refund(forgotten);
      expect(await escrow.balanceOf(client, ZeroAddress)).to.equal(2n * AMOUNT + 9n);
      expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(0n);
    });

    it("needs a balance that suffices", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const job = await makeJob(system, { provider: worker.address, bond: 4n });
      await expect(request(system, job, await accept(system, job)))
        .to.be.revertedWithCustomError(escrow, "BalanceTooLow")
        .withArgs(worker, ZeroAddress, 0n, 4n);
    });
  });

  describe("deposit and withdraw", () => {
    it("move native and other tokens in and out of a balance", async () => {
      const { escrow, client, other, token } = await load();
      for (const asset of [ZeroAddress, await token.getAddress()]) {
        const value = asset === ZeroAddress ? 7n : 0n;
        await expect(escrow.connect(client).deposit(asset, 7n, { value }))
          .to.emit(escrow, "Deposited")
          .withArgs(client, asset, 7n);
        await expect(escrow.connect(client).withdraw(asset, 3n, other))
          .to.emit(escrow, "Withdrawn")
          .withArgs(client, asset, 3n, other);
        expect(await escrow.balanceOf(client, asset)).to.equal(4n);
      }
    });

    it("refuse an amount of zero", async () => {
      const { escrow, other } = await load();
      await expect(escrow.deposit(ZeroAddress, 0n)).to.be.revertedWithCustomError(escrow, "ZeroAmount");
      await expect(escrow.withdraw(ZeroAddress, 0n, other)).to.be.revertedWithCustomError(
        escrow,
        "ZeroAmount",
      );
    });

    it("refuse more than the balance, and recipients that would lose it", async () => {
      const { escrow, client, other } = await load();
      await escrow.connect(client).deposit(ZeroAddress, 7n, { value: 7n });
      await expect(escrow.connect(client).withdraw(ZeroAddress, 8n, other))
        .to.be.revertedWithCustomError(escrow, "BalanceTooLow")
        .withArgs(client, ZeroAddress, 7n, 8n);
      for (const to of [ZeroAddress, await escrow.getAddress()]) {
        await expect(escrow.connect(client).withdraw(ZeroAddress, 7n, to))
          .to.be.revertedWithCustomError(escrow, "InvalidRecipient")
          .withArgs(to);
      }
    });

    it("refuse native tokens sent without a word", async () => {
      const { escrow, client } = await load();
      await expect(client.sendTransaction({ to: escrow, value: 1n })).to.be.revertedWithoutReason(ethers);
    });
  });
});
