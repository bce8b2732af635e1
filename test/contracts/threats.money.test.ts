import { expect } from "chai";
import { id, Signature, ZeroAddress } from "ethers";
import {
  accept,
  AMOUNT,
  deploy,
  ethers,
  fulfill,
  makeJob,
  networkHelpers,
  proveJob,
  request,
} from "./helpers/escrow.js";
import { makePuppet, Mode } from "./helpers/puppet.js";
import { authorize, permit } from "./helpers/token.js";

const MAX = 2n ** 256n - 1n;

/** One test a row of the threat list in docs/security.md: whatever concerns money and time. */
describe("Threats to money", () => {
  const load = () => networkHelpers.loadFixture(deploy);
  const at = (timestamp: bigint | number | string) =>
    networkHelpers.time.setNextBlockTimestamp(BigInt(timestamp));

  describe("deadlines: to the second, disjoint and without a gap", () => {
    for (const [name, late, end] of [
      ["fulfilled in the last second", 0n, "fulfill"],
      ["refunded in the next one", 1n, "refund"],
    ] as const) {
      it(`a job can only be ${name}`, async () => {
        const system = await load();
        const { escrow, worker, other } = system;
        const job = await makeJob(system);
        await request(system, job);
        const jobId = await escrow.hashJob(job);
        const { proof, signals } = await proveJob(system, job, worker);
        const fulfillment = () => escrow.connect(other).fulfill(job, worker, proof, [signals[0]]);
        const refund = () => escrow.connect(other).refund(job);
        await at(BigInt(job.fulfillBy) + late);
        if (end === "fulfill") {
          await expect(refund())
            .to.be.revertedWithCustomError(escrow, "RefundNotDue")
            .withArgs(jobId, job.fulfillBy);
          await fulfillment();
        } else {
          await expect(fulfillment())
            .to.be.revertedWithCustomError(escrow, "FulfillmentClosed")
            .withArgs(jobId, job.fulfillBy);
          await refund();
        }
        expect(BigInt(await networkHelpers.time.latest())).to.equal(BigInt(job.fulfillBy) + late);
      });
    }

    it("fund until fundBy", async () => {
      const system = await load();
      const { escrow } = system;
      const [first, second] = [await makeJob(system), await makeJob(system, { salt: id("second") })];
      await at(BigInt(first.fundBy));
      await request(system, first);
      await at(BigInt(second.fundBy) + 1n);
      await expect(request(system, second))
        .to.be.revertedWithCustomError(escrow, "FundingClosed")
        .withArgs(second.fundBy);
    });
  });

  it("uint64 overflow and endless locks: a deadline is at most 90 days away, and not before the funding's", async () => {
    const system = await load();
    const { escrow } = system;
    const now = BigInt(await networkHelpers.time.latest()) + 10n;
    const limit = now + 90n * 86_400n;
    for (const [fundBy, fulfillBy] of [
      [now, limit + 1n],
      [now, 2n ** 64n - 1n],
      [2n ** 64n - 1n, 2n ** 64n - 1n],
      [now + 1n, now],
    ]) {
      const job = await makeJob(system, { fundBy, fulfillBy });
      await at(now);
      await expect(request(system, job))
        .to.be.revertedWithCustomError(escrow, "InvalidDeadline")
        .withArgs(fulfillBy);
      await networkHelpers.loadFixture(deploy);
    }
    for (const [fundBy, fulfillBy] of [
      [now, limit],
      [now, now],
    ]) {
      const job = await makeJob(system, { fundBy, fulfillBy });
      await at(now);
      await request(system, job);
      await networkHelpers.loadFixture(deploy);
    }
  });

  it("zero value: a job, a deposit and a withdrawal of nothing are refused", async () => {
    const system = await load();
    const { escrow, other } = system;
    for (const attempt of [
      async () => request(system, await makeJob(system, { amount: 0n })),
      () => escrow.deposit(ZeroAddress, 0n),
      () => escrow.withdraw(ZeroAddress, 0n, other),
    ]) {
      await expect(attempt()).to.be.revertedWithCustomError(escrow, "ZeroAmount");
    }
  });

  describe("reentrance", () => {
    /** Each way to move money, from within a transfer of the puppet's own tokens. */
    it("token: whatever measures or moves tokens cannot be entered from a transfer", async () => {
      const system = await load();
      const { escrow } = system;
      const token = await ethers.deployContract("HookToken");
      const puppet = await makePuppet(system);
      const job = await makeJob(system, {
        token: await token.getAddress(),
        client: await puppet.getAddress(),
      });
      await token.mint(puppet, 10n * AMOUNT);
      const call = (to: string, data: string) => puppet.act(to, 0n, data);
      const { interface: abi } = escrow;
      await call(
        await token.getAddress(),
        token.interface.encodeFunctionData("approve", [await escrow.getAddress(), MAX]),
      );
      const inner: string[] = [
        abi.encodeFunctionData("deposit", [await token.getAddress(), 1n]),
        abi.encodeFunctionData("withdraw", [await token.getAddress(), 1n, await puppet.getAddress()]),
        abi.encodeFunctionData("request", [{ ...job, salt: id("inner") }, "0x"]),
        abi.encodeFunctionData("requestWithPermit", [
          { ...job, salt: id("inner") },
          "0x",
          0n,
          27,
          id("r"),
          id("s"),
        ]),
        abi.encodeFunctionData("requestWithAuthorization", [job, "0x", 0n, MAX, 27, id("r"), id("s")]),
      ];
      await call(
        await escrow.getAddress(),
        abi.encodeFunctionData("deposit", [await token.getAddress(), AMOUNT]),
      );
      for (const [i, data] of inner.entries()) {
        await puppet.tellToAct(escrow, data);
        const outer = abi.encodeFunctionData("request", [{ ...job, salt: id(String(i)) }, "0x"]);
        await call(await escrow.getAddress(), outer);
        expect(await puppet.acted(), data.slice(0, 10)).to.equal(false);
        expect(await puppet.returned()).to.equal(id("ReentrancyGuardReentrantCall()").slice(0, 10));
      }
      expect(await token.balanceOf(escrow)).to.equal(AMOUNT * BigInt(inner.length + 1));
      expect(await escrow.balanceOf(puppet, token)).to.equal(AMOUNT);
    });

    it("callback: the job is over when it is called, and the escrow can be used like by anyone", async () => {
      const system = await load();
      const { escrow, worker } = system;
      const puppet = await makePuppet(system);
      const callback = await puppet.getAddress();
      const job = await makeJob(system, { callback, callbackGas: 500_000n });
      await request(system, job);
      const { proof, signals } = await proveJob(system, job, worker);
      const again = escrow.interface.encodeFunctionData("fulfill", [
        job,
        worker.address,
        proof,
        [signals[0]],
      ]);
      await puppet.tellToAct(escrow, again);
      await escrow.fulfill(job, worker, proof, [signals[0]]);
      expect(await puppet.acted()).to.equal(false);
      expect((await puppet.returned()).slice(0, 10)).to.equal(
        escrow.interface.getError("InvalidStatus")!.selector,
      );
      expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(AMOUNT);
    });

    it("receiver: a withdrawal cannot be repeated from within", async () => {
      const system = await load();
      const { escrow } = system;
      const puppet = await makePuppet(system);
      await escrow.deposit(ZeroAddress, 10n, { value: 10n });
      const { interface: abi } = escrow;
      const address = await puppet.getAddress();
      await puppet.act(escrow, 2n, abi.encodeFunctionData("deposit", [ZeroAddress, 2n]), { value: 2n });
      const data = abi.encodeFunctionData("withdraw", [ZeroAddress, 1n, address]);
      await puppet.tellToAct(escrow, data);
      await puppet.act(escrow, 0n, data);
      expect(await puppet.acted()).to.equal(false);
      expect(await escrow.balanceOf(puppet, ZeroAddress)).to.equal(1n);
      expect(await ethers.provider.getBalance(escrow)).to.equal(11n);
    });
  });

  describe("tokens", () => {
    it("fee-on-transfer: refused", async () => {
      const system = await load();
      const { escrow, client } = system;
      const token = await ethers.deployContract("FeeToken");
      await token.mint(client, 10n * AMOUNT);
      await token.connect(client).approve(escrow, MAX);
      const job = await makeJob(system, { token: await token.getAddress() });
      for (const attempt of [
        () => request(system, job),
        () => escrow.connect(client).deposit(token, AMOUNT),
      ]) {
        await expect(attempt())
          .to.be.revertedWithCustomError(escrow, "InexactTransfer")
          .withArgs(token, AMOUNT);
      }
    });

    it("no-return ERC-20: works", async () => {
      const system = await load();
      const { escrow, client, worker } = system;
      const token = await ethers.deployContract("StrictToken");
      await token.mint(client, AMOUNT);
      await token.connect(client).approve(escrow, MAX);
      const job = await makeJob(system, { token: await token.getAddress() });
      const dear = { ...job, amount: AMOUNT + 1n };
      await expect(request(system, dear)).to.be.revertedWithCustomError(token, "TooLittle");
      await request(system, job);
      await fulfill(system, job);
      await escrow.connect(worker).withdraw(token, AMOUNT, worker);
      expect(await token.balanceOf(worker)).to.equal(AMOUNT);
    });

    it("a token without EIP-3009 that accepts any call: an authorization that moves nothing is refused", async () => {
      const system = await load();
      const { escrow, client } = system;
      const token = await ethers.deployContract("AcceptingToken");
      const job = await makeJob(system, { token: await token.getAddress() });
      await expect(
        escrow.connect(client).requestWithAuthorization(job, "0x", 0n, MAX, 27, id("r"), id("s")),
      ).to.be.revertedWithCustomError(escrow, "InexactTransfer");
    });

    it("rebasing: the damage stays with that token", async () => {
      const system = await load();
      const { escrow, client, worker, token } = system;
      const rebasing = await ethers.deployContract("RebasingToken");
      await rebasing.mint(client, AMOUNT);
      await rebasing.connect(client).approve(escrow, AMOUNT);
      const jobs = [
        await makeJob(system, { token: await rebasing.getAddress() }),
        await makeJob(system, { token: await token.getAddress() }),
        await makeJob(system),
      ];
      for (const job of jobs) await request(system, job);
      await rebasing.halve(escrow);
      for (const job of jobs) await fulfill(system, job);
      await expect(escrow.connect(worker).withdraw(rebasing, AMOUNT, worker)).to.be.revertedWithCustomError(
        rebasing,
        "ERC20InsufficientBalance",
      );
      await escrow.connect(worker).withdraw(rebasing, AMOUNT / 2n, worker);
      await escrow.connect(worker).withdraw(token, AMOUNT, worker);
      await escrow.connect(worker).withdraw(ZeroAddress, AMOUNT, worker);
    });

    it("consumed permit: a permit that somebody else sent first does no harm", async () => {
      const system = await load();
      const { escrow, client, other, token } = system;
      await token.connect(client).approve(escrow, 0n);
      const job = await makeJob(system, { token: await token.getAddress() });
      const { v, r, s } = Signature.from(await permit(system, AMOUNT));
      await token.connect(other).permit(client, escrow, AMOUNT, MAX, v, r, s);
      await expect(escrow.connect(client).requestWithPermit(job, "0x", MAX, v, r, s)).to.changeTokenBalances(
        ethers,
        token,
        [client, escrow],
        [-AMOUNT, AMOUNT],
      );
    });
  });

  it("receiver that reverts: harms itself alone, and can withdraw to another address", async () => {
    const system = await load();
    const { escrow, other } = system;
    const puppet = await makePuppet(system);
    const payee = await puppet.getAddress();
    const job = await makeJob(system);
    await request(system, job);
    await puppet.tell(Mode.Revert);
    await fulfill(system, job, payee);
    const withdraw = (to: string) =>
      escrow.interface.encodeFunctionData("withdraw", [ZeroAddress, AMOUNT, to]);
    await expect(puppet.act(escrow, 0n, withdraw(payee))).to.be.revertedWithCustomError(puppet, "Told");
    await expect(puppet.act(escrow, 0n, withdraw(other.address))).to.changeEtherBalances(
      ethers,
      [escrow, other],
      [-AMOUNT, AMOUNT],
    );
  });

  describe("signatures", () => {
    it("replay: a provider's signature is good for one job of one escrow, once", async () => {
      const system = await load();
      const { escrow, worker } = system;
      await escrow.connect(worker).deposit(ZeroAddress, 9n, { value: 9n });
      const job = await makeJob(system, { provider: worker.address, bond: 3n });
      const signature = await accept(system, job);
      const elsewhere = await ethers.deployContract("InferenceEscrow", [system.registry]);
      for (const [target, changed] of [
        [system, { ...job, bond: 2n }],
        [system, { ...job, inputCommitment: 1n }],
        [system, { ...job, salt: id("other") }],
        [{ ...system, escrow: elsewhere }, job],
      ] as const) {
        await expect(request(target, changed, signature))
          .to.be.revertedWithCustomError(escrow, "InvalidProviderSignature")
          .withArgs(worker);
      }
      await expect(request(system, job)).to.be.revertedWithCustomError(escrow, "InvalidProviderSignature");
      await request(system, job, signature);
      await expect(request(system, job, signature)).to.be.revertedWithCustomError(escrow, "InvalidStatus");
    });

    it("ERC-1271: a contract's signature counts as its owner decides", async () => {
      const system = await load();
      const { escrow, worker, other } = system;
      const wallet = await makePuppet(system);
      const deposit = escrow.interface.encodeFunctionData("deposit", [ZeroAddress, 3n]);
      await wallet.act(escrow, 3n, deposit, { value: 3n });
      const job = await makeJob(system, { provider: await wallet.getAddress(), bond: 3n });
      await expect(request(system, job, await accept(system, job, other)))
        .to.be.revertedWithCustomError(escrow, "InvalidProviderSignature")
        .withArgs(wallet);
      await request(system, job, await accept(system, job, worker));
      expect(await escrow.balanceOf(wallet, ZeroAddress)).to.equal(0n);
    });

    it("EIP-3009: an authorization funds its job once", async () => {
      const system = await load();
      const { escrow, other, token } = system;
      const job = await makeJob(system, { token: await token.getAddress() });
      const { v, r, s } = Signature.from(await authorize(system, job));
      const send = () => escrow.connect(other).requestWithAuthorization(job, "0x", 0n, MAX, v, r, s);
      await send();
      await expect(send()).to.be.revertedWithCustomError(escrow, "InvalidStatus");
    });
  });
});
