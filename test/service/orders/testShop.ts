import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { JsonRpcProvider, NonceManager, Wallet, type Signer } from "ethers";
import { modelPaths } from "../../../src/artifacts/paths.js";
import { authorizeRequest, bindingOf, jobState } from "../../../src/client/index.js";
import type { WarmProver } from "../../../src/groth16/warm/warmProver.js";
import { proveInference } from "../../../src/inference/infer.js";
import { loadModel } from "../../../src/inference/model.js";
import { connectToContracts } from "../../../src/runtime/payments/deployments.js";
import type { BuildOptions } from "../../../src/runtime/types.js";
import { Database } from "../../../src/service/database/database.js";
import { EmbeddedPostgres } from "../../../src/service/database/embedded.js";
import { migrate } from "../../../src/service/database/migrate.js";
import { InputKey } from "../../../src/service/jobs/sealed.js";
import type { JobRow, JobState } from "../../../src/service/jobs/row.js";
import type { Service } from "../../../src/service/http/service.js";
import { advance, readJobRow } from "../../../src/service/jobs/store.js";
import { Ledger } from "../../../src/service/ledger/ledger.js";
import { operatorView } from "../../../src/service/books/operatorView.js";
import { JobHistories } from "../../../src/service/chain/jobHistories.js";
import { JobEvents } from "../../../src/service/events/jobEvents.js";
import { Metrics } from "../../../src/service/metrics/metrics.js";
import { makeQuote, type Quote } from "../../../src/service/offer/quote.js";
import { readPrices } from "../../../src/service/offer/prices.js";
import { offerModel, openShop, type Shop } from "../../../src/service/offer/shop.js";
import { followFundings } from "../../../src/service/orders/fundings.js";
import { Orders } from "../../../src/service/orders/orders.js";
import { Queue } from "../../../src/service/provers/queue.js";
import { TestToken__factory } from "../../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { KEYS } from "../../helpers/anvil.js";
import { buildOnce } from "../../helpers/builds.js";
import { startDevnet, type Devnet } from "../../helpers/devnet.js";

export const BUILD = { model: "iris", build: "11".repeat(32) };
export const CONFIRMATIONS = 2;

/** A provider that sells answers of iris, a client with tokens and no need of gas, and a node: all real. */
export class TestShop {
  private constructor(
    readonly devnet: Devnet,
    private readonly folder: string,
    private readonly server: EmbeddedPostgres,
    readonly database: Database,
    readonly ledger: Ledger,
    readonly queue: Queue,
    readonly shop: Shop,
    readonly orders: Orders,
    readonly client: Signer,
  ) {}

  /** @param build of the model that is sold */
  static async open(build: Partial<BuildOptions> = {}): Promise<TestShop> {
    const devnet = await startDevnet();
    const folder = join(process.cwd(), "cache", `service-${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    const server = await EmbeddedPostgres.start(join(folder, "database"));
    const database = new Database(server.url);
    await migrate(database);
    const { hre, anvil } = devnet;
    await buildOnce(hre, build);
    await hre.torch2circom.deploy();
    await hre.torch2circom.register("iris");
    const project = { config: hre.config, connection: () => hre.network.getOrCreate() };
    const { chain, contracts } = await connectToContracts(project, 2);
    const provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 });
    const client = new NonceManager(new Wallet(KEYS[1], provider));
    const token = await new TestToken__factory(client).deploy();
    await token.waitForDeployment();
    await (await token.mint(await client.getAddress(), 10n ** 20n)).wait();
    const model = await loadModel(modelPaths(hre.config.torch2circom.outDir, "iris"));
    const prices = await readPrices(chain, [`1.5 ${await token.getAddress()}`]);
    const shop = await openShop(chain, contracts, [await offerModel(chain, contracts, model, prices)]);
    const fees = { maxGasPrice: 10n ** 12n, mostFee: 10n ** 12n };
    const options = { ...fees, confirmations: CONFIRMATIONS, log: () => undefined };
    const ledger = await Ledger.open(database, provider, new Wallet(KEYS[2], provider), options);
    const queue = await Queue.open(database, () => undefined);
    await queue.create(BUILD);
    const key = await InputKey.load(folder);
    const orders = new Orders(shop, database, ledger, queue, key, () => BUILD.build);
    return new TestShop(devnet, folder, server, database, ledger, queue, shop, orders, client);
  }

  async close(): Promise<void> {
    await this.queue.close();
    await this.ledger.close();
    await this.database.close();
    await this.server.stop();
    this.devnet.anvil.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A quote that is written down. */
  async quote(): Promise<Quote> {
    const record = await this.unwritten();
    await this.orders.keep(record);
    return record;
  }

  async unwritten(): Promise<Quote> {
    const [model] = this.shop.models;
    const inputs = { [model.model.manifest.inputs[0].name]: [0.1, 0.2, 0.3, 0.4] };
    return makeQuote(this.shop, model, { client: await this.client.getAddress(), inputs }, 10);
  }

  /** The build that is sold, as the queue knows it. */
  readonly build = BUILD;

  /** What the HTTP routes ask, of this shop. @param changes what a test wants otherwise */
  service(changes: Partial<Service> = {}): Service {
    const [histories, metrics] = [new JobHistories(this.shop.contracts), this.metrics()];
    return {
      shop: this.shop,
      expected: () => Promise.resolve(10),
      promised: () => Promise.resolve(10),
      keep: (quote) => this.orders.keep(quote),
      relay: (id, authorization) => this.orders.relay(id, authorization),
      accept: (id, authorization) => this.orders.accept(id, authorization),
      deliver: (id, delivery) => this.orders.deliver(id, delivery, () => Promise.resolve(10)),
      job: (id, ticket) => this.orders.job(id, ticket),
      paidBy: (id) => this.orders.paidBy(id),
      history: (id) => histories.read(id),
      operator: operatorView({
        ...{ sql: this.database, shop: this.shop, mostSeconds: 600, metrics },
        expected: () => Promise.resolve(10),
        troubles: () => [],
      }),
      checkReady: () => Promise.resolve(),
      events: new JobEvents(this.database, () => undefined),
      metrics,
      log: () => undefined,
      ...changes,
    };
  }

  /** What is measured of this shop. */
  metrics(): Metrics {
    return new Metrics({
      sql: this.database,
      balance: () => this.client.provider!.getBalance(this.shop.provider),
      ledgerErrors: () => this.ledger.errors,
      stepFailures: () => new Map(),
    });
  }

  /** Proves a job, which is then proven; it must be in a state. */
  async prove(prover: WarmProver, quote: Quote, from: JobState): Promise<void> {
    const [{ model }] = this.shop.models;
    const binding = bindingOf(quote.jobId, this.shop.provider, quote);
    const { proof, publicSignals, words, seconds } = await proveInference(
      model,
      prover,
      quote.input,
      binding,
    );
    const answer = { proof, publicSignals, words: words.map(String), seconds };
    expect(await advance(this.database, quote.jobId, [from], "proven", { answer })).to.equal(true);
  }

  async row(id: string): Promise<JobRow> {
    return (await readJobRow(this.database, id))!;
  }

  statusOf = async (id: string) => (await jobState(this.shop.contracts, id)).status;

  follow(): Promise<string[]> {
    const statusOf = async (id: string) => ((await this.statusOf(id)) === "funded" ? "final" : "none");
    return followFundings(this.database, this.queue, statusOf);
  }

  /** Mines what waits. */
  async mine(blocks = 1): Promise<void> {
    await this.ledger.tick();
    await this.devnet.anvil.send("anvil_mine", `0x${blocks.toString(16)}`);
    await this.ledger.tick();
  }

  /** Mines what waits, and as many blocks as make it final. */
  async finalize(): Promise<void> {
    await this.mine(CONFIRMATIONS + 1);
    await this.ledger.tick();
  }

  /** Signs the payment of a quote, and has it relayed. */
  async pay({ jobId, job }: Quote) {
    const authorization = await authorizeRequest(this.shop.contracts, this.client, job);
    await this.orders.relay(jobId, authorization);
    return authorization;
  }
}
