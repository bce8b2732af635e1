import { expect } from "chai";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEther } from "ethers";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { writeDevelopmentPowersOfTau } from "../helpers/developmentPowersOfTau.js";
import { modelPaths } from "../../src/artifacts/paths.js";
import { loadModel } from "../../src/inference/model.js";
import { settlingGas } from "../../src/forecast/gas.js";
import torch2circom from "../../src/index.js";
import { InferenceEscrow__factory } from "../../types/ethers-contracts/factories/InferenceEscrow__factory.js";
import { ModelRegistry__factory } from "../../types/ethers-contracts/factories/ModelRegistry__factory.js";
import { TestToken__factory } from "../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { FIXTURES, makeProject, refusalOf } from "../plugin/project.js";
import { buildOnce } from "../helpers/builds.js";

const samples = join(FIXTURES, "iris_mlp");
const model = join(samples, "model.pt2");

describe("keys and chains", function () {
  let root: string;
  let hre: HardhatRuntimeEnvironment;

  before(async () => {
    ({ root, hre } = await makeProject());
    await buildOnce(hre, { name: "development" });
  });

  it("takes powers of tau, checks their hash, and contributes once", async () => {
    const ptau = join(root, "powers.ptau");
    await writeDevelopmentPowersOfTau(10, ptau);
    const hash = () => createHash("sha256").update(readFileSync(ptau)).digest("hex");
    const contributed = { model, samples, name: "contributed", ptau };
    // Nobody contributed to these powers: whoever vouches for them, they are refused.
    for (const more of [{}, { ptauSha256: hash() }])
      expect(await refusalOf(() => hre.torch2circom.build({ ...contributed, ...more }))).to.contain(
        "no contribution",
      );
    await writeDevelopmentPowersOfTau(10, ptau, 1);
    // Its record of a contribution is made up, so that only who vouches for the file can use it.
    expect(await refusalOf(() => hre.torch2circom.build(contributed))).to.contain("cannot be used");
    const ptauSha256 = hash();
    const { manifest } = await hre.torch2circom.build({ ...contributed, ptauSha256 });
    expect(manifest.setup).to.equal("single-contributor");
    expect(manifest.ceremony.contributionHashes).to.have.length(1);
    expect(manifest.ceremony.ptauHash).to.match(/^[0-9a-f]{64}$/);
    const { proof, publicSignals } = await hre.torch2circom.prove("contributed", { samples });
    expect(await hre.torch2circom.verify("contributed", { proof, publicSignals })).to.include({
      valid: true,
    });
    // A proof under one build's key says nothing under another's.
    expect(await hre.torch2circom.verify("development", { proof, publicSignals })).to.include({
      valid: false,
    });
    writeFileSync(ptau, "not powers of tau");
    const refusal = await refusalOf(() =>
      hre.torch2circom.build({ model, samples, name: "contributed2", ptau }),
    );
    expect(refusal).to.contain("powers of tau").and.to.contain("powers.ptau");
    // Too few for this circuit: said before it is compiled, with what it needs.
    await writeDevelopmentPowersOfTau(8, ptau, 1);
    const small = { model, samples, name: "contributed3", ptau };
    expect(await refusalOf(() => hre.torch2circom.build(small))).to.match(
      /are 2\^8, too few\.\n {2}This circuit needs a prepared file of 2\^10 or more/,
    );
    expect(existsSync(join(hre.config.torch2circom.outDir, "contributed3", "main.r1cs"))).to.equal(false);
  });

  it("proves with the key that was built only, and gives no proof that does not verify", async () => {
    const folder = join(hre.config.torch2circom.outDir, "development");
    const [key, path] = ["proving.zkey", "manifest.json"].map((file) => join(folder, file)) as [
      string,
      string,
    ];
    const [bytes, text] = [readFileSync(key), readFileSync(path, "utf8")];
    const damaged = Buffer.from(bytes);
    // Other points, some of them of wires that are not 0, under the same headers.
    const middle = Math.floor(damaged.length / 2);
    damaged.copyWithin(middle, middle - 4096, middle);
    try {
      writeFileSync(key, damaged);
      const prove = () => refusalOf(() => hre.torch2circom.prove("development", { samples }));
      expect(await prove()).to.contain("not the one that was built");
      const manifest = JSON.parse(text) as { hashes: { zkey: string } };
      manifest.hashes.zkey = createHash("sha256").update(damaged).digest("hex");
      writeFileSync(path, JSON.stringify(manifest));
      expect(await prove()).to.match(/proving\.zkey (cannot be used|gives a proof that does not verify)/);
    } finally {
      writeFileSync(key, bytes);
      writeFileSync(path, text);
    }
  });

  describe("outside of local chains", () => {
    let remote: HardhatRuntimeEnvironment;
    let close: () => Promise<void>;

    before(async () => {
      const server = await (
        await createHardhatRuntimeEnvironment({
          plugins: [],
          networks: { elsewhere: { type: "edr-simulated", chainType: "l1", chainId: 11155111 } },
        })
      ).network.createServer("elsewhere", "127.0.0.1", 0);
      const { address, port } = await server.listen();
      close = () => server.close();
      remote = await createHardhatRuntimeEnvironment(
        {
          plugins: [torch2circom],
          torch2circom: { outDir: hre.config.torch2circom.outDir },
          networks: { elsewhere: { type: "http", chainType: "l1", url: `http://${address}:${port}` } },
        },
        { network: "elsewhere" },
        root,
      );
    });

    after(() => close());

    const nonce = async () => (await (await remote.network.getOrCreate()).ethers.getSigners())[0].getNonce();

    it("pays for the factory only if it is told to", async () => {
      const refusal = await refusalOf(() => remote.torch2circom.deploy());
      expect(refusal).to.contain("costs 0.01").and.to.contain("--fund-factory");
      expect(await nonce()).to.equal(0);
      await remote.torch2circom.deploy({ fundFactory: true });
    });

    it("neither registers nor pays for a development key, nor a lone contributor's without a word of consent", async () => {
      const { torch2circom: runtime } = remote;
      const pay = (name: string, more = {}) => runtime.request(name, { samples, amount: "0.01", ...more });
      const before = await nonce();
      for (const attempt of [() => runtime.register("development"), () => pay("development")])
        expect(await refusalOf(attempt)).to.contain("development setup");
      // Consent is to a contributor, not to none.
      expect(await refusalOf(() => pay("development", { allowSingleContributor: true }))).to.contain(
        "development setup",
      );
      for (const attempt of [() => runtime.register("contributed"), () => pay("contributed")])
        expect(await refusalOf(attempt)).to.contain("--allow-single-contributor");
      expect(await nonce()).to.equal(before);
      const { modelId } = await runtime.register("contributed", { allowSingleContributor: true });
      expect(modelId).to.match(/^0x[0-9a-f]{64}$/);
      const { jobId } = await pay("contributed", { allowSingleContributor: true });
      expect((await runtime.status(jobId)).status).to.equal("funded");
    });

    it("proves nothing in vain: for another provider, too late, or at a loss", async () => {
      const { torch2circom: runtime } = remote;
      const { ethers } = await remote.network.getOrCreate();
      const [, other] = await ethers.getSigners();
      const request = async (more: object) =>
        (
          await runtime.request("contributed", {
            samples,
            amount: "0.01",
            allowSingleContributor: true,
            ...more,
          })
        ).jobId;
      const others = await request({ provider: other.address });
      expect(await refusalOf(() => runtime.fulfill(others, { anyway: true }))).to.contain(
        `it pays ${other.address} only`,
      );
      const soon = await request({ seconds: 14 });
      expect(await refusalOf(() => runtime.fulfill(soon))).to.match(
        /deadline is in 1\d s, and to prove and to be mined takes about 16 s.*--anyway/s,
      );
      const cheap = await request({ amount: "0.000000000001" });
      const refusal = await refusalOf(() => runtime.fulfill(cheap));
      expect(refusal).to.contain("it pays 0.000000000001 of the native token").and.to.contain("--anyway");
      const { gasUsed } = await runtime.fulfill(cheap, { anyway: true });
      const model = await loadModel(modelPaths(hre.config.torch2circom.outDir, "contributed"));
      const expected = settlingGas(model.verificationKey.nPublic);
      expect(Math.abs(Number(expected) / Number(gasUsed) - 1)).to.be.lessThan(0.15);
      await ethers.provider.send("evm_increaseTime", [15]);
      await ethers.provider.send("evm_mine", []);
      expect(await refusalOf(() => runtime.fulfill(soon, { anyway: true }))).to.contain("deadline is over");
    });

    it("gives no money, and no proof, to contracts that a stranger's deployments.json names", async () => {
      const { torch2circom: runtime } = remote;
      const [signer] = await (await remote.network.getOrCreate()).ethers.getSigners();
      const { jobId } = await runtime.request("contributed", {
        samples,
        amount: "0.01",
        allowSingleContributor: true,
      });
      const file = join(hre.config.torch2circom.outDir, "deployments.json");
      const text = readFileSync(file, "utf8");
      const own = (JSON.parse(text) as Record<string, { registry: string; escrow: string }>)["11155111"];
      const registry = await (await new ModelRegistry__factory(signer).deploy()).getAddress();
      const escrow = await (await new InferenceEscrow__factory(signer).deploy(registry)).getAddress();
      const token = await (await new TestToken__factory(signer).deploy()).getAddress();
      const foreign = [
        [{ registry: own.registry, escrow }, "another registry"],
        [{ registry: own.registry, escrow: token }, "not the InferenceEscrow"],
        [{ registry: token, escrow: own.escrow }, "not the ModelRegistry"],
      ] as const;
      try {
        for (const [addresses, problem] of foreign) {
          writeFileSync(file, JSON.stringify({ 11155111: addresses }));
          const before = await nonce();
          const options = { samples, amount: "0.01", allowSingleContributor: true };
          for (const attempt of [
            () => runtime.request("contributed", options),
            () => runtime.fulfill(jobId),
            () => runtime.register("contributed", { allowSingleContributor: true }),
          ])
            expect(await refusalOf(attempt)).to.contain(problem);
          expect(await nonce()).to.equal(before);
        }
      } finally {
        writeFileSync(file, text);
      }
      await runtime.fulfill(jobId);
    });
  });

  it("says what to do about an unknown model, a token that is none, and an amount that is none", async () => {
    const { torch2circom: runtime } = hre;
    await runtime.deploy();
    const ask = (more: object) => runtime.request("development", { samples, amount: "0.01", ...more });
    expect(await refusalOf(() => ask({}))).to.contain("torch2circom:register");
    const proven = await runtime.prove("development", { samples });
    expect(await refusalOf(() => runtime.verify("development", proven, true))).to.contain("UnknownModel");
    expect(await refusalOf(() => ask({ amount: "much" }))).to.contain('"much" is not an amount');
    expect(await refusalOf(() => ask({ token: "0x1234" }))).to.contain("is not an address");
    const nobody = "0x00000000000000000000000000000000000000aa";
    expect(await refusalOf(() => ask({ token: nobody }))).to.contain("is not an ERC-20 token");
  });

  it("pays in an ERC-20 token", async () => {
    const { torch2circom: runtime } = hre;
    const { ethers } = await hre.network.getOrCreate();
    const [deployer, client] = await ethers.getSigners();
    const token = await new TestToken__factory(deployer).deploy();
    await token.mint(client, parseEther("5"));
    const address = await token.getAddress();
    await runtime.deploy();
    await runtime.register("development");
    const { jobId } = await runtime.request("development", {
      samples,
      amount: "1.5",
      token: address,
      account: 1,
    });
    expect(await token.balanceOf(client)).to.equal(parseEther("3.5"));
    await runtime.fulfill(jobId, { account: 2 });
    const { amount } = await runtime.withdraw({ account: 2, token: address });
    expect(amount).to.equal(parseEther("1.5"));
    expect(await refusalOf(() => runtime.withdraw({ account: 2, token: address }))).to.contain("no balance");
  });

  it("keeps the builds of two at a time apart, and one whose manifest is damaged out", async () => {
    const { torch2circom: runtime } = hre;
    const both = await Promise.allSettled([
      runtime.build({ model, samples, name: "twice" }),
      runtime.build({ model, samples, name: "twice" }),
    ]);
    expect(both.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
    const folder = join(hre.config.torch2circom.outDir, "damaged");
    mkdirSync(folder);
    writeFileSync(join(folder, "manifest.json"), '{"format":');
    expect(await refusalOf(() => runtime.manifest("damaged"))).to.contain("is damaged");
  });
});
