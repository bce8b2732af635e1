import { expect } from "chai";
import { solidityPackedKeccak256, TypedDataEncoder, ZeroAddress } from "ethers";
import {
  AMOUNT,
  deploy,
  ethers,
  fulfill,
  makeJob,
  networkHelpers,
  proveJob,
  request,
  typedJob,
} from "./helpers/escrow.js";
import { JOB_TYPES, SETTLEMENT_TYPES } from "../../src/client/typedData.js";

describe("InferenceEscrow", () => {
  it("pays for a proven inference in native tokens", async () => {
    const system = await networkHelpers.loadFixture(deploy);
    const { escrow, worker, other } = system;
    const job = await makeJob(system);
    const jobId = await escrow.hashJob(job);
    await expect(request(system, job))
      .to.emit(escrow, "Requested")
      .withArgs(jobId, job.modelId, Object.values(job));
    expect(await escrow.jobState(jobId)).to.deep.equal([1n, `0x${"00".repeat(31)}`]);
    const { proof, signals } = await proveJob(system, job, worker);
    await expect(escrow.connect(other).fulfill(job, worker, proof, [signals[0]]))
      .to.emit(escrow, "Fulfilled")
      .withArgs(jobId, worker, [55n]);
    expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(AMOUNT);
    const hash = solidityPackedKeccak256(["uint256"], [55n]);
    expect(await escrow.jobState(jobId)).to.deep.equal([2n, hash.slice(0, 64)]);
    expect(await escrow.isResult(jobId, [55n])).to.equal(true);
    await expect(escrow.connect(worker).withdraw(ZeroAddress, AMOUNT, other)).to.changeEtherBalances(
      ethers,
      [escrow, other],
      [-AMOUNT, AMOUNT],
    );
  });

  it("pays for a proven inference in tokens", async () => {
    const system = await networkHelpers.loadFixture(deploy);
    const { escrow, token, worker, other } = system;
    const job = await makeJob(system, { token: await token.getAddress() });
    await request(system, job);
    await fulfill(system, job);
    await expect(escrow.connect(worker).withdraw(token, AMOUNT, other)).to.changeTokenBalances(
      ethers,
      token,
      [escrow, other],
      [-AMOUNT, AMOUNT],
    );
  });

  it("refunds after the deadline", async () => {
    const system = await networkHelpers.loadFixture(deploy);
    const { escrow, client, other } = system;
    const job = await makeJob(system);
    await request(system, job);
    await networkHelpers.time.increaseTo(BigInt(job.fulfillBy) + 1n);
    await expect(escrow.connect(other).refund(job))
      .to.emit(escrow, "Refunded")
      .withArgs(await escrow.hashJob(job), client, other);
    expect(await escrow.balanceOf(client, ZeroAddress)).to.equal(AMOUNT);
  });

  it("gives a job the id of EIP-712, and digests of this chain and escrow", async () => {
    const system = await networkHelpers.loadFixture(deploy);
    const job = await makeJob(system);
    expect(await system.escrow.hashJob(job)).to.equal(TypedDataEncoder.hashStruct("Job", JOB_TYPES, job));
    const jobId = await system.escrow.hashJob(job);
    const [domain] = await typedJob(system, job);
    expect(await system.escrow.jobDigest(jobId)).to.equal(TypedDataEncoder.hash(domain, JOB_TYPES, job));
    expect(await system.escrow.settlementDigest(jobId)).to.equal(
      TypedDataEncoder.hash(domain, SETTLEMENT_TYPES, { job }),
    );
  });

  it("has the limits that its interface is known by", async () => {
    const { escrow } = await networkHelpers.loadFixture(deploy);
    expect(await escrow.MAX_LOCK()).to.equal(90n * 86_400n);
    expect(await escrow.MAX_CALLBACK_GAS()).to.equal(2_000_000n);
  });
});
