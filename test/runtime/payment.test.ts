import { expect } from "chai";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEther } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { hashFile } from "../../src/artifacts/hash.js";
import { changedFiles } from "../helpers/changedFiles.js";
import { packWords } from "../../src/client/commitment.js";
import { fulfillJob } from "../../src/client/escrow.js";
import { loadJob } from "../../src/runtime/jobFiles.js";
import type { RequestResult } from "../../src/runtime/types.js";
import { FIXTURES, makeProject, refusalOf } from "../plugin/project.js";
import { buildOnce } from "../helpers/builds.js";

const [CLIENT, PROVIDER, OTHER] = [1, 2, 3];
const samples = join(FIXTURES, "iris_mlp");

/** One road for all tests of this file: they use the same build and the same contracts, each with its own job. */
describe("build, prove, pay", function () {
  let root: string;
  let hre: HardhatRuntimeEnvironment;
  let addressOf: (account: number) => Promise<string>;
  let balanceOf: (account: number) => Promise<bigint>;

  before(async () => {
    ({ root, hre } = await makeProject());
    const { ethers } = await hre.network.getOrCreate();
    const signers = await ethers.getSigners();
    addressOf = (account) => signers[account].getAddress();
    balanceOf = (account) => ethers.provider.getBalance(signers[account]);
    await buildOnce(hre);
    await hre.torch2circom.deploy();
    await hre.torch2circom.register("iris", { account: PROVIDER });
  });

  const request = (index: number, more: object = {}): Promise<RequestResult> =>
    hre.torch2circom.request("iris", { samples, index, amount: "0.01", account: CLIENT, ...more });

  it("leaves a complete build, whose manifest names every file by its hash", async () => {
    const manifest = await hre.torch2circom.manifest("iris");
    const folder = join(root, "torch2circom", "iris");
    expect(await changedFiles(folder, manifest)).to.deep.equal([]);
    expect(manifest.setup).to.equal("development");
    expect(manifest.accuracy).to.include({ samples: 64, floatScore: 0.96875, integerScore: 0.96875 });
    expect(manifest.hashes.r1cs).to.equal(await hashFile(join(folder, "main.r1cs")));
    expect(
      readdirSync(folder).filter((name) => name.startsWith(".work") || name.endsWith(".part")),
    ).to.deep.equal([]);
    const verifier = readFileSync(join(root, "contracts", "generated", "IrisVerifier.sol"), "utf8");
    expect(verifier.split("\n")[0]).to.contain("torch2circom:build").and.to.contain(manifest.model.sha256);
    expect(verifier).to.contain("SPDX-License-Identifier: MIT");
    for (const text of [verifier, readFileSync(join(folder, "verification_key.json"), "utf8")])
      expect(text).to.contain("development");
  });

  it("does nothing again that has not changed", async () => {
    const zkey = join(root, "torch2circom", "iris", "proving.zkey");
    const before = statSync(zkey).mtimeMs;
    await hre.torch2circom.build({ model: join(samples, "model.pt2"), samples, name: "iris" });
    expect(statSync(zkey).mtimeMs).to.equal(before);
  });

  it("pays the provider for a proven answer, and the client reads it from the chain", async () => {
    const before = await balanceOf(CLIENT);
    const { jobId, gasUsed } = await request(5);
    expect(before - (await balanceOf(CLIENT)) >= parseEther("0.01")).to.equal(true);
    expect(gasUsed < 65_000n).to.equal(true);
    expect((await hre.torch2circom.status(jobId)).status).to.equal("funded");
    const fulfilled = await hre.torch2circom.fulfill(jobId, { account: PROVIDER });
    expect(fulfilled.payee).to.equal(await addressOf(PROVIDER));
    const status = await hre.torch2circom.status(jobId);
    expect(status).to.include({ status: "fulfilled", payee: fulfilled.payee });
    expect(status.outputs).to.deep.equal(fulfilled.outputs);
    const { amount } = await hre.torch2circom.withdraw({ account: PROVIDER });
    expect(amount).to.equal(parseEther("0.01"));
  });

  it("refuses a forged output, a stolen proof, a proof for another job, and a second fulfillment", async () => {
    const [mine, twin] = [await request(7), await request(7)];
    const payee = await addressOf(PROVIDER);
    const { proof, publicSignals } = await hre.torch2circom.prove("iris", { job: mine.jobId, payee });
    const manifest = await hre.torch2circom.manifest("iris");
    const { packing } = manifest.outputs[0];
    const words = publicSignals.slice(0, packing.words).map(BigInt);
    const contracts = await hre.torch2circom.contracts({ account: PROVIDER });
    const { ethers } = await hre.network.getOrCreate();
    const sender = (await ethers.getSigners())[PROVIDER];
    const folders = hre.config.torch2circom;
    const { job } = await loadJob(folders, mine.jobId);
    const attempts = {
      "forged output": async () =>
        fulfillJob(
          contracts,
          sender,
          job,
          payee,
          proof,
          packWords(
            [0, 0, 9].map((q) => q + packing.offset),
            packing,
          ),
        ),
      "stolen proof": async () => fulfillJob(contracts, sender, job, await addressOf(OTHER), proof, words),
      "another job's proof": async () =>
        fulfillJob(contracts, sender, (await loadJob(folders, twin.jobId)).job, payee, proof, words),
    };
    for (const [what, attempt] of Object.entries(attempts)) {
      expect(await refusalOf(attempt), what).to.contain("InvalidProof()");
    }
    await fulfillJob(contracts, sender, job, payee, proof, words);
    expect(await refusalOf(() => fulfillJob(contracts, sender, job, payee, proof, words))).to.contain(
      "InvalidStatus",
    );
    await hre.torch2circom.fulfill(twin.jobId, { account: PROVIDER });
    expect(await hre.torch2circom.withdraw({ account: PROVIDER })).to.have.property(
      "amount",
      parseEther("0.02"),
    );
  });

  it("gives the client its money back after the deadline, and not a second earlier", async () => {
    const { jobId } = await request(9, { seconds: 100 });
    expect(await refusalOf(() => hre.torch2circom.refund(jobId, { account: CLIENT }))).to.contain(
      "RefundNotDue",
    );
    const { ethers } = await hre.network.getOrCreate();
    await ethers.provider.send("evm_increaseTime", [101]);
    await ethers.provider.send("evm_mine", []);
    expect(await refusalOf(() => hre.torch2circom.fulfill(jobId, { account: PROVIDER }))).to.contain(
      "its deadline is over",
    );
    await hre.torch2circom.refund(jobId, { account: OTHER });
    expect((await hre.torch2circom.status(jobId)).status).to.equal("refunded");
    expect(await hre.torch2circom.withdraw({ account: CLIENT })).to.have.property(
      "amount",
      parseEther("0.01"),
    );
  });

  it("verifies a proof outside a job, off chain and by the registry, and refuses a changed signal", async () => {
    const { proof, publicSignals } = await hre.torch2circom.prove("iris", { samples, index: 1 });
    expect(publicSignals.at(-1)).to.equal("0");
    expect(await hre.torch2circom.verify("iris", { proof, publicSignals }, true)).to.include({
      valid: true,
      validOnChain: true,
    });
    for (let i = 0; i < publicSignals.length; i++) {
      const changed = publicSignals.map((s, j) => (i === j ? (BigInt(s) + 1n).toString() : s));
      expect(await hre.torch2circom.verify("iris", { proof, publicSignals: changed }, true)).to.include({
        valid: false,
        validOnChain: false,
      });
    }
  });

  it("refuses a job whose file holds another input, or another chain", async () => {
    const { jobId, file } = await request(11);
    const record = JSON.parse(readFileSync(file, "utf8")) as {
      model: string;
      input: { integers: number[][] };
      chainId: string;
    };
    record.input.integers[0][0] ^= 1;
    const forged = join(root, "forged.json");
    writeFileSync(forged, JSON.stringify(record));
    expect(await refusalOf(() => hre.torch2circom.fulfill(forged, { account: PROVIDER }))).to.contain(
      "its input is not the one that the client committed to",
    );
    const beyond = {
      ...record,
      input: { ...record.input, integers: [[10 ** 6, ...record.input.integers[0].slice(1)]] },
    };
    writeFileSync(forged, JSON.stringify(beyond));
    const payee = "0x000000000000000000000000000000000000dEaD";
    expect(await refusalOf(() => hre.torch2circom.prove(record.model, { job: forged, payee }))).to.contain(
      "is not of this model's domain",
    );
    writeFileSync(forged, JSON.stringify({ ...record, chainId: "5" }));
    expect(await refusalOf(() => hre.torch2circom.fulfill(forged, { account: PROVIDER }))).to.contain(
      "it is of chain 5",
    );
    await hre.torch2circom.fulfill(jobId, { account: PROVIDER });
  });
});
