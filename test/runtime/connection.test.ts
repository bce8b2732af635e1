import { expect } from "chai";
import { join } from "node:path";
import { parseEther } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { FIXTURES, makeProject, refusalOf } from "../plugin/project.js";
import { buildOnce } from "../helpers/builds.js";

const samples = join(FIXTURES, "iris_mlp");

describe("a connection of one's own", function () {
  let hre: HardhatRuntimeEnvironment;

  before(async () => {
    ({ hre } = await makeProject());
    await buildOnce(hre);
  });

  it("has the project's builds, and contracts of its own", async () => {
    const [one, other] = [await hre.network.create(), await hre.network.create()];
    expect(await one.torch2circom.manifest("iris")).to.include({ name: "iris" });
    const { escrow } = await one.torch2circom.deploy();
    expect(await one.ethers.provider.getCode(escrow)).not.to.equal("0x");
    expect(await other.ethers.provider.getCode(escrow)).to.equal("0x");
    for (const { torch2circom } of [other, hre])
      expect(await refusalOf(() => torch2circom.register("iris"))).to.contain("No registry and escrow");
  });

  it("is paid on its own chain, at its own time", async () => {
    const { torch2circom, ethers } = await hre.network.create();
    await torch2circom.deploy();
    await torch2circom.register("iris");
    const request = () => torch2circom.request("iris", { samples, amount: "0.01", account: 1, seconds: 100 });
    const [paid, late] = [await request(), await request()];
    const { outputs } = await torch2circom.fulfill(paid.jobId, { account: 2 });
    expect((await torch2circom.status(paid.jobId)).outputs).to.deep.equal(outputs);
    await ethers.provider.send("evm_increaseTime", [101]);
    await torch2circom.refund(late.jobId);
    const { jobs, due } = await torch2circom.jobs();
    expect(jobs.map(({ status }) => status)).to.have.members(["fulfilled", "refunded"]);
    expect(due!.account).to.equal(await (await ethers.getSigners())[0].getAddress());
    const { amount } = await torch2circom.withdraw({ account: 2 });
    expect(amount).to.equal(parseEther("0.01"));
  });

  it("is that of hre.torch2circom where it is the network's shared one", async () => {
    await hre.torch2circom.deploy();
    const { torch2circom } = await hre.network.getOrCreate();
    const proven = await torch2circom.prove("iris", { samples });
    await torch2circom.register("iris");
    expect(await hre.torch2circom.verify("iris", proven, true)).to.include({ validOnChain: true });
  });
});
