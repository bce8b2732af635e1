import { expect } from "chai";
import { ZeroAddress } from "ethers";
import {
  authorizeRequest,
  authorizeSettlement,
  balanceOf,
  deposit,
  fundJob,
  fulfillJobs,
  jobIdOf,
  jobState,
  jobTerms,
  requestFromBalance,
  requestInference,
  requestWithAuthorization,
  requestWithPermit,
  settleJobs,
  signOffer,
  verifyOffer,
  type Contracts,
  type Job,
  type JobRequest,
} from "../../src/client/index.js";
import { AMOUNT, deploy, ethers, networkHelpers, proveJob, SALT, X } from "../contracts/helpers/escrow.js";
import { evaluate } from "../contracts/helpers/fixture.js";
import { refusalOf } from "../plugin/project.js";

describe("The client's ways to fund", () => {
  async function load() {
    const system = await networkHelpers.loadFixture(deploy);
    const { registry, escrow, token, modelId, client, worker } = system;
    const address = await token.getAddress();
    const request: JobRequest = {
      modelId,
      inputCommitment: evaluate(X, SALT).inputCommitment,
      amount: AMOUNT,
      token: address,
    };
    const contracts: Contracts = { registry, escrow };
    const funded = async (job: Job) =>
      expect((await jobState(contracts, jobIdOf(job))).status).to.equal("funded");
    const answer = async (job: Job) => {
      const { raw, signals } = await proveJob(system, job, worker);
      return { job, payee: worker.address, proof: raw as never, outputWords: [signals[0]] };
    };
    // What the helpers have approved would hide that a permit works.
    await token.connect(client).approve(escrow, 0n);
    return { ...system, address, request, contracts, funded, answer };
  }

  it("from a balance that was deposited, in native tokens and in others", async () => {
    const { contracts, client, address, request, funded } = await load();
    for (const token of [ZeroAddress, address]) {
      await deposit(contracts, client, 2n * AMOUNT, token);
      expect(await balanceOf(contracts, client.address, token)).to.equal(2n * AMOUNT);
      for (const left of [AMOUNT, 0n]) {
        const job = await jobTerms(client, { ...request, token });
        await requestFromBalance(contracts, client, job);
        await funded(job);
        expect(await balanceOf(contracts, client.address, token)).to.equal(left);
      }
      const more = await jobTerms(client, { ...request, token });
      expect(await refusalOf(() => requestFromBalance(contracts, client, more))).to.contain("BalanceTooLow");
    }
  });

  it("by a permit, without an approval", async () => {
    const { contracts, client, escrow, token, request, funded } = await load();
    for (let i = 0; i < 2; i++) {
      const job = await jobTerms(client, request);
      await requestWithPermit(contracts, client, job);
      await funded(job);
    }
    expect(await token.balanceOf(escrow)).to.equal(2n * AMOUNT);
  });

  it("by an authorization, which anyone can send, of a client without gas", async () => {
    const { contracts, client, other, escrow, token, request, funded } = await load();
    const job = await jobTerms(client, request);
    const authorization = await authorizeRequest(contracts, client, job);
    await networkHelpers.setBalance(client.address, 0n);
    const changed = { ...job, amount: job.amount + 1n };
    await refusalOf(() => requestWithAuthorization(contracts, other, changed, authorization));
    expect(await token.balanceOf(escrow)).to.equal(0n);
    await requestWithAuthorization(contracts, other, job, authorization);
    await funded(job);
    expect(await refusalOf(() => requestWithAuthorization(contracts, other, job, authorization))).to.contain(
      "InvalidStatus",
    );
  });

  it("with a bond, once the provider has signed: with a key, or as a contract does", async () => {
    const { contracts, escrow, client, worker, other, request, funded } = await load();
    const wallet = await ethers.deployContract("Puppet", worker);
    const bond = AMOUNT / 4n;
    await deposit(contracts, worker, 2n * bond);
    const data = escrow.interface.encodeFunctionData("deposit", [ZeroAddress, bond]);
    await wallet.act(escrow, bond, data, { value: bond });
    const ways = {
      fundJob,
      requestFromBalance: async (...args: Parameters<typeof requestFromBalance>) => {
        await deposit(contracts, client, AMOUNT);
        return requestFromBalance(...args);
      },
    };
    for (const [fund, provider] of [
      [ways.fundJob, worker.address],
      [ways.requestFromBalance, worker.address],
      [ways.fundJob, await wallet.getAddress()],
    ] as const) {
      const job = await jobTerms(client, { ...request, token: ZeroAddress, provider, bond });
      const [good, bad] = [await signOffer(contracts, worker, job), await signOffer(contracts, other, job)];
      expect(await verifyOffer(contracts, job, good)).to.equal(true);
      expect(await verifyOffer(contracts, { ...job, amount: 1n }, good)).to.equal(false);
      for (const providerSignature of [bad, "0x12", undefined]) {
        if (providerSignature !== undefined)
          expect(await verifyOffer(contracts, job, providerSignature)).to.equal(false);
        expect(await refusalOf(() => fund(contracts, client, job, { providerSignature }))).to.contain(
          "InvalidProviderSignature",
        );
      }
      await fund(contracts, client, job, { providerSignature: good });
      await funded(job);
    }
  });

  it("not by a signature in the native token", async () => {
    const { contracts, client, request } = await load();
    const job = await jobTerms(client, { ...request, token: ZeroAddress });
    for (const attempt of [
      () => requestWithPermit(contracts, client, job),
      () => authorizeRequest(contracts, client, job),
    ])
      expect(await refusalOf(attempt)).to.contain("cannot be paid by a signature");
  });

  it("in a token whose allowance changes from zero only, as USDT's", async () => {
    const { contracts, client, escrow, request, funded } = await load();
    const token = await ethers.deployContract("StrictToken");
    await token.mint(client, 10n * AMOUNT);
    await token.connect(client).approve(escrow, 1n);
    const { job } = await requestInference(contracts, client, {
      ...request,
      token: await token.getAddress(),
    });
    await funded(job);
    await token.connect(client).approve(escrow, 5n);
    await deposit(contracts, client, AMOUNT, await token.getAddress());
    expect(await balanceOf(contracts, client.address, await token.getAddress())).to.equal(AMOUNT);
  });

  it("many jobs are fulfilled in one transaction, funded ones alone or with others", async () => {
    const { contracts, client, worker, address, request, answer } = await load();
    await deposit(contracts, client, 4n * AMOUNT, address);
    const fund = async () => {
      const job = await jobTerms(client, request);
      await requestFromBalance(contracts, client, job);
      return answer(job);
    };
    await fulfillJobs(contracts, worker, [await fund(), await fund()]);
    expect(await balanceOf(contracts, worker.address, address)).to.equal(2n * AMOUNT);
    const signed = await jobTerms(client, request);
    const authorization = await authorizeSettlement(contracts, client, signed);
    const mixed = [await fund(), { ...(await answer(signed)), authorization }];
    expect(await refusalOf(() => fulfillJobs(contracts, worker, mixed))).to.contain("InvalidStatus");
    await settleJobs(contracts, worker, mixed);
    expect(await balanceOf(contracts, worker.address, address)).to.equal(4n * AMOUNT);
  });
});
