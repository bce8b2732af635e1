import { expect } from "chai";
import { id, Signature, ZeroAddress } from "ethers";
import type { Authorization, SettlementMethod } from "../../src/client/settlement.js";
import {
  accept,
  AMOUNT,
  deploy,
  ethers,
  type Job,
  makeJob,
  networkHelpers,
  proveJob,
  request,
  type System,
} from "./helpers/escrow.js";
import { makePuppet } from "./helpers/puppet.js";
import { authorizeJob, settlement, NONE } from "./helpers/settlement.js";
import { authorize } from "./helpers/token.js";

const MAX = 2n ** 256n - 1n;
describe("InferenceEscrow: one step", () => {
  const load = () => networkHelpers.loadFixture(deploy);

  /** The system with a token of this kind, of which the client has some, and which it has not approved. */
  async function loadWith(name: string): Promise<System> {
    const system = await load();
    const token = (await ethers.deployContract(name)) as unknown as System["token"];
    if (name !== "AcceptingToken") await token.mint(system.client, 10n * AMOUNT);
    return { ...system, token };
  }

  const jobIn = async (system: System, changes: Partial<Job> = {}): Promise<Job> =>
    makeJob(system, { token: await system.token.getAddress(), ...changes });

  async function expectUntouched({ escrow, client, worker, token }: System, job: Job): Promise<void> {
    expect((await escrow.jobState(await escrow.hashJob(job))).status).to.equal(0n);
    expect(await token.balanceOf(client)).to.be.greaterThanOrEqual(10n * AMOUNT);
    expect(await escrow.balanceOf(worker, token)).to.equal(0n);
  }

  describe("settle", () => {
    for (const [method, tokenName, allowance] of [
      ["receive", "TestToken", 0n],
      ["receive-bytes", "BytesToken", 0n],
      ["permit", "TestToken", 0n],
      ["allowance", "RebasingToken", AMOUNT],
    ] as const) {
      it(`takes the payment and pays for the proof at once, by ${method}`, async () => {
        const system = await loadWith(tokenName);
        const { escrow, client, worker, other, token } = system;
        await token.connect(client).approve(escrow, allowance);
        const job = await jobIn(system);
        const jobId = await escrow.hashJob(job);
        const authorization = await authorizeJob(system, job, method);
        const sent = escrow.connect(other).settle(...(await settlement(system, job, authorization)));
        await expect(sent).to.changeTokenBalances(ethers, token, [client, escrow], [-AMOUNT, AMOUNT]);
        await expect(sent)
          .to.emit(escrow, "Requested")
          .withArgs(jobId, job.modelId, Object.values(job))
          .and.to.emit(escrow, "Fulfilled")
          .withArgs(jobId, worker, [55n]);
        expect(await escrow.isResult(jobId, [55n])).to.equal(true);
        expect(await escrow.balanceOf(worker, token)).to.equal(AMOUNT);
        await escrow.connect(worker).withdraw(token, AMOUNT, worker);
      });
    }

    it("takes the signatures of smart accounts (ERC-1271), by EIP-3009 and by allowance", async () => {
      const system = await loadWith("BytesToken");
      const { escrow, worker, token } = system;
      const wallet = await makePuppet(system);
      await token.mint(wallet, 2n * AMOUNT);
      const approve = token.interface.encodeFunctionData("approve", [await escrow.getAddress(), AMOUNT]);
      await wallet.act(token, 0n, approve);
      for (const method of ["receive-bytes", "allowance"] as const) {
        const job = await jobIn(system, { client: await wallet.getAddress(), salt: id(method) });
        const forged = await authorizeJob(system, job, method, system.other);
        await expect(escrow.settle(...(await settlement(system, job, forged)))).to.be.revertedWithCustomError(
          method === "allowance" ? escrow : token,
          method === "allowance" ? "InvalidClientSignature" : "ERC3009InvalidSignature",
        );
        const authorization = await authorizeJob(system, job, method, worker);
        await escrow.settle(...(await settlement(system, job, authorization)));
      }
      expect(await token.balanceOf(wallet)).to.equal(0n);
    });

    it("just fulfills a job that was funded meanwhile, and leaves the authorization alone", async () => {
      const system = await load();
      const { escrow, client, worker, token } = system;
      const job = await jobIn(system);
      const authorization = await authorizeJob(system, job);
      const args = await settlement(system, job, authorization);
      await request(system, job);
      const sent = escrow.settle(...args);
      await expect(sent).to.changeTokenBalances(ethers, token, [client, escrow], [0n, 0n]);
      await expect(sent).not.to.emit(escrow, "Requested");
      expect(await escrow.balanceOf(worker, token)).to.equal(AMOUNT);
      await expect(escrow.settle(...args)).to.be.revertedWithCustomError(escrow, "InvalidStatus");
    });

    it("pays amount and bond of a funded job, and the amount of one whose bond was never taken", async () => {
      const system = await load();
      const { escrow, worker, token } = system;
      await escrow.connect(worker).deposit(token, 5n);
      const job = await jobIn(system, { provider: worker.address, bond: 4n });
      const once = { ...job, salt: id("one step") };
      await request(system, job, await accept(system, job));
      expect(await escrow.balanceOf(worker, token)).to.equal(1n);
      await escrow.settle(...(await settlement(system, job, NONE)));
      expect(await escrow.balanceOf(worker, token)).to.equal(AMOUNT + 5n);
      await escrow.settle(...(await settlement(system, once, await authorizeJob(system, once))));
      expect(await escrow.balanceOf(worker, token)).to.equal(2n * AMOUNT + 5n);
      expect(await token.balanceOf(escrow)).to.equal(2n * AMOUNT + 5n);
    });

    it("holds a job to the terms of a request", async () => {
      const system = await load();
      const { escrow } = system;
      const now = await networkHelpers.time.latest();
      for (const [changes, error] of [
        [{ amount: 0n }, "ZeroAmount"],
        [{ fundBy: now - 1 }, "FundingClosed"],
        [{ bond: 1n }, "BondWithoutProvider"],
        [{ fulfillBy: now + 91 * 86_400 }, "InvalidDeadline"],
        [{ callbackGas: 1n }, "CallbackGasTooHigh"],
        [{ provider: system.other.address }, "InvalidPayee"],
        [{ token: ZeroAddress }, "NotAToken"],
        [{ modelId: id("unknown") }, "UnsuitableModel"],
      ] as const) {
        const job = await jobIn(system, changes);
        const args = await settlement(system, job, { ...NONE, method: 1 });
        await expect(escrow.settle(...args), error).to.be.revertedWithCustomError(escrow, error);
      }
    });

    it("tells the callback, which may use the escrow", async () => {
      const system = await load();
      const { escrow, token } = system;
      const puppet = await makePuppet(system);
      const data = escrow.interface.encodeFunctionData("withdraw", [
        await token.getAddress(),
        AMOUNT,
        await puppet.getAddress(),
      ]);
      await puppet.tellToAct(escrow, data);
      const job = await jobIn(system, { callback: await puppet.getAddress(), callbackGas: 300_000n });
      const payee = await puppet.getAddress();
      const { proof, signals } = await proveJob(system, job, payee);
      await escrow.settle(job, await authorizeJob(system, job), payee, proof, [signals[0]]);
      expect(await puppet.acted()).to.equal(true);
      expect(await token.balanceOf(puppet)).to.equal(AMOUNT);
    });
  });

  describe("an authorization", () => {
    it("moves nothing without a valid proof, and is good afterwards", async () => {
      const system = await load();
      const { escrow, other } = system;
      for (const method of ["receive", "permit"] as const) {
        const job = await jobIn(system, { salt: id(method) });
        const authorization = await authorizeJob(system, job, method);
        const [, , payee, proof, outputs] = await settlement(system, job, authorization);
        for (const [who, words] of [
          [payee, [outputs[0] + 1n]],
          [other.address, outputs],
        ] as const) {
          await expect(
            escrow.settle(job, authorization, who, proof, [...words]),
          ).to.be.revertedWithCustomError(escrow, "InvalidProof");
        }
        await expectUntouched({ ...system, worker: other }, job);
        await escrow.settle(job, authorization, payee, proof, outputs);
      }
    });

    it("of a settlement funds no job, and that of a funding settles none", async () => {
      const system = await load();
      const { escrow, other, token } = system;
      const job = await jobIn(system);
      const authorization = await authorizeJob(system, job);
      const { v, r, s } = Signature.from(authorization.signature);
      await expect(
        escrow.connect(other).requestWithAuthorization(job, "0x", 0n, authorization.validBefore, v, r, s),
      ).to.be.revertedWithCustomError(token, "ERC3009InvalidSignature");
      const funding = { ...authorization, validBefore: MAX, signature: await authorize(system, job) };
      await expect(escrow.settle(...(await settlement(system, job, funding)))).to.be.revertedWithCustomError(
        token,
        "ERC3009InvalidSignature",
      );
    });

    it("is good for no other terms, escrow or method", async () => {
      const system = await load();
      const { escrow, token, registry } = system;
      const elsewhere = await ethers.deployContract("InferenceEscrow", [registry]);
      await token.connect(system.client).approve(elsewhere, MAX);
      for (const method of ["receive", "allowance"] as const) {
        const job = await jobIn(system);
        const authorization = await authorizeJob(system, job, method);
        const attempts: [System, Job, Authorization][] = [
          [system, { ...job, salt: id("other") }, authorization],
          [system, { ...job, amount: AMOUNT + 1n }, authorization],
          [{ ...system, escrow: elsewhere }, job, authorization],
          [system, job, { ...authorization, method: method === "receive" ? 3 : 1 }],
        ];
        for (const [target, changed, given] of attempts) {
          const sent = target.escrow.settle(...(await settlement(target, changed, given)));
          await (given.method === 3
            ? expect(sent).to.be.revertedWithCustomError(escrow, "InvalidClientSignature")
            : expect(sent).to.be.revertedWithCustomError(token, "ERC3009InvalidSignature"));
        }
      }
    });

    it("of an allowance is the client's alone: neither a provider's acceptance nor a stranger's will do", async () => {
      const system = await load();
      const { escrow, client, other } = system;
      const job = await jobIn(system);
      const allowance = await authorizeJob(system, job, "allowance");
      const signatures = [
        await accept(system, job, client),
        (await authorizeJob(system, job, "allowance", other)).signature,
        "0x",
      ];
      for (const signature of signatures) {
        await expect(escrow.settle(...(await settlement(system, job, { ...allowance, signature }))))
          .to.be.revertedWithCustomError(escrow, "InvalidClientSignature")
          .withArgs(client);
      }
    });

    it("can be missing, or of another form", async () => {
      const system = await load();
      const { escrow } = system;
      const job = await jobIn(system);
      await expect(escrow.settle(...(await settlement(system, job, NONE))))
        .to.be.revertedWithCustomError(escrow, "InvalidStatus")
        .withArgs(await escrow.hashJob(job), 0n);
      const receive = await authorizeJob(system, job);
      const permit = await authorizeJob(system, job, "permit");
      for (const [authorization, length] of [
        [{ ...receive, signature: "0x" }, 0],
        [{ ...receive, signature: `${receive.signature}00` }, 66],
        [{ ...permit, permit: permit.permit.slice(0, -2) }, 64],
      ] as const) {
        await expect(escrow.settle(...(await settlement(system, job, authorization))))
          .to.be.revertedWithCustomError(escrow, "InvalidSignatureLength")
          .withArgs(length);
      }
    });

    it("can be taken back before it is used: nobody is paid, and nothing is lost but gas", async () => {
      const system = await load();
      const { escrow, client, token } = system;
      const job = await jobIn(system);
      const args = await settlement(system, job, await authorizeJob(system, job));
      const { chainId } = await ethers.provider.getNetwork();
      const domain = { name: "Test", version: "1", chainId, verifyingContract: await token.getAddress() };
      const types = {
        CancelAuthorization: [
          { name: "authorizer", type: "address" },
          { name: "nonce", type: "bytes32" },
        ],
      };
      const nonce = await escrow.settlementDigest(await escrow.hashJob(job));
      const signed = await client.signTypedData(domain, types, { authorizer: client.address, nonce });
      const { v, r, s } = Signature.from(signed);
      await token.cancelAuthorization(client, nonce, v, r, s);
      await expect(escrow.settle(...args)).to.be.revertedWithCustomError(token, "ERC3009UsedAuthorization");
      // The remedy that takes a transaction of the client: funding first.
      await request(system, job);
      await escrow.settle(...args);
    });

    it("with a permit that somebody has used up does no less", async () => {
      const system = await loadWith("TestToken");
      const { escrow, client, other, token } = system;
      const job = await jobIn(system);
      const authorization = await authorizeJob(system, job, "permit");
      const { v, r, s } = Signature.from(authorization.permit);
      await token.connect(other).permit(client, escrow, AMOUNT, authorization.validBefore, v, r, s);
      await escrow.settle(...(await settlement(system, job, authorization)));
      expect(await token.balanceOf(escrow)).to.equal(AMOUNT);
    });
  });

  describe("odd tokens", () => {
    async function settleIn(name: string, method: SettlementMethod) {
      const system = await loadWith(name);
      await system.token.connect(system.client).approve(system.escrow, MAX);
      const job = await jobIn(system);
      const authorization = await authorizeJob(system, job, "allowance");
      const chosen = { ...authorization, method: { receive: 1, "receive-bytes": 2 }[method as string] ?? 3 };
      return { system, sent: system.escrow.settle(...(await settlement(system, job, chosen))) };
    }

    it("fee-on-transfer, and tokens that accept any call: refused", async () => {
      for (const [name, method] of [
        ["FeeToken", "allowance"],
        ["AcceptingToken", "receive"],
        ["AcceptingToken", "receive-bytes"],
      ] as const) {
        const { system, sent } = await settleIn(name, method);
        await expect(sent, `${name}, ${method}`)
          .to.be.revertedWithCustomError(system.escrow, "InexactTransfer")
          .withArgs(system.token, AMOUNT);
      }
    });

    it("hooks: while the money moves, the job is over and the escrow's tokens cannot be", async () => {
      const system = await loadWith("HookToken");
      const { escrow, token, worker } = system;
      const { interface: abi } = escrow;
      const puppet = await makePuppet(system);
      const wallet = await puppet.getAddress();
      await token.mint(puppet, 20n * AMOUNT);
      const call = (to: { getAddress(): Promise<string> }, data: string) => puppet.act(to, 0n, data);
      await call(token, token.interface.encodeFunctionData("approve", [await escrow.getAddress(), MAX]));
      const job = await jobIn(system, { client: wallet });
      const args = await settlement(system, job, await authorizeJob(system, job, "allowance", worker));
      const other = { ...job, salt: id("other") };
      const others = await settlement(system, other, await authorizeJob(system, other, "allowance", worker));
      const guarded = id("ReentrancyGuardReentrantCall()").slice(0, 10);
      const over = abi.getError("InvalidStatus")!.selector;
      const inner: [string, string][] = [
        [abi.encodeFunctionData("settle", args), over],
        [abi.encodeFunctionData("request", [job, "0x"]), over],
        [abi.encodeFunctionData("refund", [job]), over],
        [abi.encodeFunctionData("fulfill", [job, args[2], args[3], args[4]]), over],
        [abi.encodeFunctionData("settle", others), guarded],
        [abi.encodeFunctionData("deposit", [await token.getAddress(), 1n]), guarded],
        [abi.encodeFunctionData("request", [other, "0x"]), guarded],
      ];
      for (const [data, error] of inner) {
        await puppet.tellToAct(escrow, data);
        const snapshot = await networkHelpers.takeSnapshot();
        await escrow.settle(...args);
        expect(await puppet.calls()).to.equal(1n);
        expect(await puppet.acted()).to.equal(false);
        expect((await puppet.returned()).slice(0, 10)).to.equal(error);
        expect(await escrow.balanceOf(worker, token)).to.equal(AMOUNT);
        expect(await token.balanceOf(escrow)).to.equal(AMOUNT);
        await snapshot.restore();
      }
    });
  });
});
