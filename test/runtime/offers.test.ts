import { expect } from "chai";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEther, ZeroAddress } from "ethers";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { JsonRpcServer } from "hardhat/types/network";
import torch2circom from "../../src/index.js";
import type { RequestOptions } from "../../src/runtime/types.js";
import { TestToken__factory } from "../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { FIXTURES, makeProject, refusalOf, temporaryFolder } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");
const [CLIENT, PROVIDER, OTHER] = [1, 2, 3];

/** Two parties with a project each: they share a chain, the build that the provider gave away, and files. */
describe("an offer", function () {
  let node: JsonRpcServer;
  let client: HardhatRuntimeEnvironment;
  let provider: HardhatRuntimeEnvironment;
  let addressOf: (account: number) => string;

  before(async () => {
    const maker = await makeProject();
    await maker.hre.torch2circom.build({ model: join(samples, "model.pt2"), samples, name: "iris" });
    node = await maker.hre.network.createServer("default", "127.0.0.1", 0);
    const { address, port } = await node.listen();
    const project = async (config = {}) => {
      const root = temporaryFolder();
      writeFileSync(join(root, "package.json"), '{ "type": "module" }');
      cpSync(maker.hre.config.torch2circom.outDir, join(root, "torch2circom"), { recursive: true });
      const url = `http://${address}:${port}`;
      return createHardhatRuntimeEnvironment(
        {
          plugins: [torch2circom],
          torch2circom: config,
          networks: { shared: { type: "http", chainType: "l1", url } },
        },
        { network: "shared" },
        root,
      );
    };
    provider = await project();
    const { ethers } = await provider.network.getOrCreate();
    const signers = await ethers.getSigners();
    addressOf = (account) => signers[account].address;
    client = await project({
      models: { iris: { source: join(samples, "model.pt2"), samples, provider: addressOf(PROVIDER) } },
    });
    await provider.torch2circom.deploy();
    await client.torch2circom.deploy();
    await provider.torch2circom.register("iris", { account: PROVIDER });
  });

  after(() => node.close());

  const terms = (more: Partial<RequestOptions> = {}): RequestOptions => ({
    samples,
    amount: "0.01",
    bond: "0.004",
    account: CLIENT,
    ...more,
  });

  const recordOf = (file: string) =>
    JSON.parse(readFileSync(file, "utf8")) as {
      offer?: string;
      job: Record<string, string>;
      input: { integers: number[][] };
    };

  it("goes from client to provider and back by files, and the bond with it", async () => {
    const { jobId, file } = await client.torch2circom.draft("iris", terms());
    expect(recordOf(file).job).to.include({ provider: addressOf(PROVIDER), bond: `${parseEther("0.004")}` });
    expect((await client.torch2circom.status(jobId)).status).to.equal("none");
    const lacking = await refusalOf(() => provider.torch2circom.accept(file, { account: PROVIDER }));
    expect(lacking).to.contain("0.004 in the native token").and.to.contain("--deposit");
    const accepted = await provider.torch2circom.accept(file, { account: PROVIDER, deposit: true });
    expect(accepted).to.include({ jobId, provider: addressOf(PROVIDER) });
    await client.torch2circom.request("iris", { offer: accepted.file, account: CLIENT });
    expect((await client.torch2circom.status(jobId)).status).to.equal("funded");
    await provider.torch2circom.fulfill(accepted.file, { account: PROVIDER });
    const { amount } = await provider.torch2circom.withdraw({ account: PROVIDER });
    expect(amount).to.equal(parseEther("0.014"));
  });

  it("is in a token, too", async () => {
    const { ethers } = await provider.network.getOrCreate();
    const [deployer] = await ethers.getSigners();
    const contract = await new TestToken__factory(deployer).deploy();
    for (const account of [CLIENT, PROVIDER])
      await (await contract.mint(addressOf(account), parseEther("5"))).wait();
    const token = await contract.getAddress();
    const { file } = await client.torch2circom.draft("iris", terms({ token, amount: "2", bond: "1.5" }));
    expect(await refusalOf(() => provider.torch2circom.accept(file, { account: PROVIDER }))).to.contain(
      `1.5 TEST (${token})`,
    );
    const { file: offer } = await provider.torch2circom.accept(file, { account: PROVIDER, deposit: true });
    await client.torch2circom.request("iris", { offer, account: CLIENT });
    await provider.torch2circom.fulfill(offer, { account: PROVIDER });
    const { amount } = await provider.torch2circom.withdraw({ account: PROVIDER, token });
    expect(amount).to.equal(parseEther("3.5"));
  });

  it("is signed for a job only that the provider can prove and be paid for", async () => {
    const accept = (file: string, account = PROVIDER) =>
      refusalOf(() => provider.torch2circom.accept(file, { account, deposit: true }));
    const { file } = await client.torch2circom.draft("iris", terms());
    expect(await accept(file, OTHER)).to.contain(`it pays ${addressOf(PROVIDER)} only`);
    const changed = join(temporaryFolder(), "job.json");
    const change = (edit: (record: ReturnType<typeof recordOf>) => void) => {
      const record = recordOf(file);
      edit(record);
      writeFileSync(changed, JSON.stringify(record));
      return accept(changed);
    };
    expect(await change(({ job }) => (job.amount = "1"))).to.contain("its id is not that of its terms");
    expect(await change(({ input }) => (input.integers[0][0] ^= 1))).to.contain(
      "not the one that the client",
    );
    const open = await client.torch2circom.draft("iris", terms({ provider: "anyone", bond: undefined }));
    expect(await accept(open.file)).to.contain("it is open to anyone");
    const soon = await client.torch2circom.draft("iris", terms({ seconds: 10 }));
    expect(await accept(soon.file)).to.contain("its deadline is in");
    const funded = await client.torch2circom.request("iris", terms({ bond: undefined }));
    expect(await accept(funded.file)).to.contain("it is funded");
  });

  it("is funded on the client's own terms only, with the provider's own signature", async () => {
    const fund = (offer: string, account = CLIENT) =>
      refusalOf(() => client.torch2circom.request("iris", { offer, account }));
    const { file } = await client.torch2circom.draft("iris", terms());
    expect(await fund(file)).to.contain("has not signed it");
    const { file: offer } = await provider.torch2circom.accept(file, { account: PROVIDER, deposit: true });
    expect(await fund(offer, OTHER)).to.contain(`its client is ${addressOf(CLIENT)}`);
    const forged = join(temporaryFolder(), "offer.json");
    const forge = (edit: (record: ReturnType<typeof recordOf> & { jobId: string }) => void) => {
      const record = recordOf(offer) as ReturnType<typeof recordOf> & { jobId: string };
      edit(record);
      writeFileSync(forged, JSON.stringify(record));
      return fund(forged);
    };
    for (const signature of [
      undefined,
      "0x12",
      `0x${"11".repeat(65)}`,
      recordOf(offer).offer!.replace(/..$/, "1d"),
    ])
      expect(await forge((record) => (record.offer = signature))).to.contain("has not signed it");
    // Terms of the provider's making, under an id that was never drafted here.
    expect(await forge((record) => (record.jobId = `0x${"ab".repeat(32)}`))).to.contain("is not known here");
    // What else the file says does not count.
    writeFileSync(
      forged,
      JSON.stringify({ ...recordOf(offer), job: { ...recordOf(offer).job, amount: "9" } }),
    );
    const { jobId } = await client.torch2circom.request("iris", { offer: forged, account: CLIENT });
    expect((await client.torch2circom.status(jobId)).status).to.equal("funded");
    expect(await fund(offer)).to.contain("it is funded");
  });

  it("cannot be funded when it is too late to prove", async () => {
    const { file } = await client.torch2circom.draft("iris", terms({ seconds: 100 }));
    const { file: offer } = await provider.torch2circom.accept(file, { account: PROVIDER, deposit: true });
    const { ethers } = await client.network.getOrCreate();
    await ethers.provider.send("evm_increaseTime", [60]);
    await ethers.provider.send("evm_mine", []);
    expect(await refusalOf(() => client.torch2circom.request("iris", { offer, account: CLIENT }))).to.contain(
      "the time to fund it is over",
    );
    const late = () => provider.torch2circom.accept(file, { account: PROVIDER });
    expect(await refusalOf(late)).to.contain("the time to fund it is over");
  });

  it("names the provider by the configuration, by --provider, or not at all", async () => {
    const providerOf = async (more: Partial<RequestOptions>) =>
      recordOf((await client.torch2circom.draft("iris", terms({ bond: undefined, ...more }))).file).job
        .provider;
    expect(await providerOf({})).to.equal(addressOf(PROVIDER));
    expect(await providerOf({ provider: addressOf(OTHER) })).to.equal(addressOf(OTHER));
    expect(await providerOf({ provider: "anyone" })).to.equal(ZeroAddress);
    const bond = () => client.torch2circom.draft("iris", terms({ provider: "anyone" }));
    expect(await refusalOf(bond)).to.contain("nobody to put it up");
    expect(await refusalOf(() => client.torch2circom.request("iris", terms()))).to.contain("--draft");
  });
});
