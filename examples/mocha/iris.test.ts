import assert from "node:assert/strict";
import hre from "hardhat";

describe("iris", () => {
  it("is paid for a proven answer", async () => {
    const { torch2circom } = await hre.network.create(); // a chain of this test's own
    await torch2circom.build({ model: "iris" });
    await torch2circom.deploy();
    await torch2circom.register("iris");
    const { jobId } = await torch2circom.request("iris", { amount: "0.01", account: 1 });
    await torch2circom.fulfill(jobId);
    assert.equal((await torch2circom.status(jobId)).status, "fulfilled");
  }).timeout(120_000);
});
