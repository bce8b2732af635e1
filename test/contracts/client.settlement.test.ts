import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import { jobIdOf } from "../../src/client/binding.js";
import {
  authorizeSettlement,
  fulfillAndWithdraw,
  settleJob,
  settleJobs,
} from "../../src/client/settlement.js";
import { refusalOf } from "../plugin/project.js";
import { AMOUNT, deploy, ethers, makeJob, networkHelpers, proveJob, request } from "./helpers/escrow.js";
import { authorizeJob, termsOf } from "./helpers/settlement.js";

describe("The client's one-step settlement", () => {
  /** The client has no native tokens for gas from here on. */
  async function load() {
    const system = await networkHelpers.loadFixture(deploy);
    const token = await system.token.getAddress();
    const answer = async (salt: string, changes = {}) => {
      const job = termsOf(await makeJob(system, { token, salt: id(salt), ...changes }));
      const { raw, signals } = await proveJob(system, job, system.worker);
      return { job, payee: system.worker.address, proof: raw as never, outputWords: [signals[0]] };
    };
    return { ...system, contracts: { registry: system.registry, escrow: system.escrow }, answer };
  }

  it("pays by a signature, of a client that needs no gas", async () => {
    const system = await load();
    const { contracts, client, worker, escrow, token, answer } = system;
    await networkHelpers.setBalance(client.address, 0n);
    const settlement = await answer("one");
    const authorization = await authorizeSettlement(contracts, client, settlement.job);
    await settleJob(contracts, worker, { ...settlement, authorization });
    expect(await escrow.balanceOf(worker, token)).to.equal(AMOUNT);
    expect(await escrow.isResult(jobIdOf(settlement.job), [55n])).to.equal(true);
  });

  it("settles funded jobs and others together", async () => {
    const system = await load();
    const { contracts, worker, escrow, token, answer } = system;
    const [funded, signed] = [await answer("funded"), await answer("signed")];
    await request(system, funded.job);
    const authorization = await authorizeJob(system, signed.job);
    await settleJobs(contracts, worker, [funded, { ...signed, authorization }]);
    expect(await escrow.balanceOf(worker, token)).to.equal(2n * AMOUNT);
  });

  it("fulfills and withdraws to the payee, or where it says", async () => {
    const system = await load();
    const { contracts, worker, other, token, answer } = system;
    for (const to of [undefined, other.address]) {
      const answered = await answer(`to ${to}`);
      await request(system, answered.job);
      const before = await token.balanceOf(to ?? worker.address);
      await fulfillAndWithdraw(contracts, worker, answered, to);
      expect(await token.balanceOf(to ?? worker.address)).to.equal(before + AMOUNT);
    }
  });

  it("says what to do where a job cannot be settled", async () => {
    const { contracts, client, worker, other, answer } = await load();
    const coins = await answer("coins", { token: ZeroAddress });
    expect(await refusalOf(() => authorizeSettlement(contracts, client, coins.job))).to.contain(
      "cannot be paid by a signature",
    );
    const settlement = await answer("forged");
    const authorization = await authorizeSettlement(contracts, other, settlement.job, "allowance");
    expect(await refusalOf(() => settleJob(contracts, worker, { ...settlement, authorization }))).to.contain(
      "The client has to sign the settlement of this very job",
    );
  });

  it("signs for a token that tells its domain by name and version only, as USDC does", async () => {
    const { contracts, client, worker, escrow, answer } = await load();
    const token = await ethers.deployContract("NamedToken");
    await token.mint(client, AMOUNT);
    const settlement = await answer("named", { token: await token.getAddress() });
    const authorization = await authorizeSettlement(contracts, client, settlement.job);
    await settleJob(contracts, worker, { ...settlement, authorization });
    expect(await escrow.balanceOf(worker, token)).to.equal(AMOUNT);
  });
});
