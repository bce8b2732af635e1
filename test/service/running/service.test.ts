import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { buyInference, type Purchase } from "../../../src/client/index.js";
import type { ServiceRunning } from "../../../src/runtime/types.js";
import { TestToken__factory } from "../../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { KEYS } from "../../helpers/anvil.js";
import { buildOnce } from "../../helpers/builds.js";
import { startDevnet, type Devnet } from "../../helpers/devnet.js";
import { FIXTURES, refusalOf } from "../../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");

describe("a service that runs", function () {
  this.timeout(300_000);
  // PostgreSQL's user has to reach it.
  const folder = join(process.cwd(), "cache", `service-${randomUUID()}`);
  const lines: string[] = [];
  let devnet: Devnet;
  let service: ServiceRunning;
  let token: string;
  let mining: NodeJS.Timeout;

  before(async () => {
    await mkdir(folder, { recursive: true });
    devnet = await startDevnet({ outDir: join(folder, "builds"), jobsDir: join(folder, "jobs") });
    const { hre, anvil } = devnet;
    await buildOnce(hre);
    await hre.torch2circom.deploy();
    await hre.torch2circom.register("iris");
    const provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 });
    const client = new NonceManager(new Wallet(KEYS[1], provider));
    const contract = await new TestToken__factory(client).deploy();
    await contract.waitForDeployment();
    await (await contract.mint(await client.getAddress(), 10n ** 20n)).wait();
    token = await contract.getAddress();
    mining = setInterval(() => void anvil.send("evm_mine").catch(() => undefined), 300);
    service = await serve();
  });
  after(async () => {
    clearInterval(mining);
    await service.close();
    devnet.anvil.close();
    await rm(folder, { recursive: true, force: true });
  });

  const serve = () =>
    devnet.hre.torch2circom.service.serve(["iris"], {
      ...{ account: 2, prices: [`1.5 ${token}`, "0.001"], port: 0, wait: 0, fallback: "second" },
      log: (line) => lines.push(line),
    });

  it("sells an answer for a signature, and keeps the purchase before it is paid", async () => {
    const { hre } = devnet;
    const bought = await hre.torch2circom.service.buy(service.url, { samples, account: 1, until: "final" });
    expect(bought.outputs).to.have.length(1);
    expect(bought.state).to.equal("final");
    expect(bought.transaction).to.match(/^0x/);
    const file = JSON.parse(await readFile(bought.file, "utf8")) as { service: object };
    expect(file.service).to.include({ url: service.url });
    const again = await hre.torch2circom.service.buy(service.url, { job: bought.jobId, account: 1 });
    expect(again.outputs).to.deep.equal(bought.outputs);
    const books = await hre.torch2circom.service.status();
    expect(books.jobs).to.deep.equal({ final: 1 });
    expect(books.amounts).to.deep.equal([{ token, earned: 15n * 10n ** 17n, open: 0n, atRisk: 0n }]);
    expect(books.provers).to.have.length(1);
    expect(Number(books.gasPaid)).to.be.greaterThan(0);
    expect((await hre.torch2circom.status(bought.jobId)).status).to.equal("fulfilled");
  });

  it("sells an answer that the client funds itself, in the native token", async () => {
    const kept: Purchase[] = [];
    const states: string[] = [];
    const provider = new JsonRpcProvider(devnet.anvil.url, undefined, { cacheTimeout: -1 });
    const { outputs } = await buyInference({
      url: service.url,
      model: "iris",
      input: { x: [0.1, 0.2, 0.3, 0.4] },
      pay: { signer: new Wallet(KEYS[1], provider), token: "0x0000000000000000000000000000000000000000" },
      keep: (purchase) => kept.push(purchase),
      onState: (state) => states.push(state),
      interval: 100,
    });
    expect(outputs).to.have.length(1);
    expect(kept).to.have.length(1);
    // Which of the states before it is seen depends on when it is asked.
    expect(states.at(-1)).to.be.oneOf(["proven", "settling", "settled", "final"]);
    expect(lines.join("\n")).not.to.contain(kept[0].input.salt.toString());
    for (const line of lines) expect(JSON.parse(line), line).to.include.keys("time", "msg");
  });

  it("answers a job that was funded without a quote, once the input is here", async () => {
    const { hre } = devnet;
    const provider = new Wallet(KEYS[2]).address;
    const terms = { samples, provider, account: 1 };
    const { jobId } = await hre.torch2circom.request("iris", { ...terms, amount: "0.001" });
    const bought = await hre.torch2circom.service.buy(service.url, { job: jobId, account: 1 });
    expect(bought).to.include({ jobId, paid: "0.001 in the native token" });
    expect(bought.outputs).to.have.length(1);
    const file = JSON.parse(await readFile(bought.file, "utf8")) as { service: object };
    expect(file.service).to.include({ url: service.url });
    // The same again, with what the file has now, and until the payment is final.
    const again = await hre.torch2circom.service.buy(service.url, { job: jobId, account: 1, until: "final" });
    expect(again.outputs).to.deep.equal(bought.outputs);
    expect((await hre.torch2circom.status(jobId)).status).to.equal("fulfilled");
    const cheap = await hre.torch2circom.request("iris", { ...terms, amount: "0.0009" });
    expect(
      await refusalOf(() => hre.torch2circom.service.buy(service.url, { job: cheap.jobId, account: 1 })),
    ).to.contain("The job pays 0.0009 in the native token, and the price is 0.001 in the native token");
    expect((await hre.torch2circom.service.status()).awaited).to.equal(1);
    const draft = await hre.torch2circom.draft("iris", { ...terms, amount: "0.001" });
    expect(
      await refusalOf(() => hre.torch2circom.service.buy(service.url, { job: draft.jobId, account: 1 })),
    ).to.contain("neither ordered from a service nor funded");
    const other = { ...terms, amount: "0.001", provider: new Wallet(KEYS[0]).address };
    const foreign = await hre.torch2circom.request("iris", other);
    expect(
      await refusalOf(() => hre.torch2circom.service.buy(service.url, { job: foreign.jobId, account: 1 })),
    ).to.contain(`for the provider ${other.provider} alone`);
  });

  it("goes on where it was ended", async () => {
    await service.close();
    expect(await refusalOf(() => devnet.hre.torch2circom.service.work())).to.contain("No service runs");
    // From now on with a signer that keeps the key: the node is one.
    process.env.TORCH2CIRCOM_SIGNER_URL = devnet.anvil.url;
    service = await serve().finally(() => delete process.env.TORCH2CIRCOM_SIGNER_URL);
    const prover = await devnet.hre.torch2circom.service.work({ log: () => undefined });
    expect(prover).to.include({ isShared: false });
    expect(prover.models).to.deep.equal(["iris"]);
    expect((await devnet.hre.torch2circom.service.status()).provers).to.have.length(2);
    await prover.close();
    const { outputs } = await devnet.hre.torch2circom.service.buy(service.url, { samples, account: 1 });
    expect(outputs).to.have.length(1);
  });
});
