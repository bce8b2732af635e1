import assert from "node:assert/strict";
import hre from "hardhat";

describe("iris", () => {
  it("is paid for a proven answer", async () => {
    const samples = "iris.npz";
    await hre.torch2circom.build({ model: "iris" });
    await hre.torch2circom.deploy();
    await hre.torch2circom.register("iris");
    const { jobId } = await hre.torch2circom.request("iris", { samples, amount: "0.01", account: 1 });
    await hre.torch2circom.fulfill(jobId);
    assert.equal((await hre.torch2circom.status(jobId)).status, "fulfilled");
  }).timeout(120_000);
});
