import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { JsonRpcProvider, NonceManager, Wallet, type Signer } from "ethers";
import { modelPaths } from "../../../src/artifacts/paths.js";
import { jobState, orderInference, payPurchase, type Order } from "../../../src/client/index.js";
import { loadModel } from "../../../src/inference/model.js";
import { connectToContracts } from "../../../src/runtime/payments/deployments.js";
import { isDatabaseGone, type Database } from "../../../src/service/database/database.js";
import type { JobRow, JobState } from "../../../src/service/jobs/row.js";
import { readJobRow } from "../../../src/service/jobs/store.js";
import { jsonLog } from "../../../src/service/jsonLog.js";
import { offerModel, openShop, type Shop } from "../../../src/service/offer/shop.js";
import { readPrices } from "../../../src/service/offer/prices.js";
import type { ServiceOptions } from "../../../src/service/running/options.js";
import { startService, type RunningService } from "../../../src/service/running/start.js";
import { serviceState, type KeyedState } from "../../../src/service/state/state.js";
import { TestToken__factory } from "../../../types/ethers-contracts/factories/test/TestToken__factory.js";
import type { TestToken } from "../../../types/ethers-contracts/test/TestToken.js";
import { KEYS } from "../../helpers/anvil.js";
import { buildOnce } from "../../helpers/builds.js";
import { startDevnet, type Devnet } from "../../helpers/devnet.js";

/** The price of an answer, in whole tokens. */
export const PRICE = "1.5";

/** Of every service here, in blocks. */
export const CONFIRMATIONS = 2;

const GWEI = 10n ** 9n;

/** What a test wants otherwise. */
export type ServeOptions = Partial<Omit<ServiceOptions, "ledger">> & {
  readonly ledger?: Partial<ServiceOptions["ledger"]>;
};

/** A provider who sells answers of iris over HTTP, a client with tokens, and a node whose blocks are made one by one. */
export class Market {
  /** All that services have logged. */
  readonly lines: string[] = [];
  state!: KeyedState;
  service?: RunningService;

  private constructor(
    readonly devnet: Devnet,
    /** Of all that PostgreSQL's user has to reach. */
    readonly root: string,
    readonly node: JsonRpcProvider,
    readonly shop: Shop,
    readonly token: TestToken,
    readonly client: Signer,
  ) {}

  /** @param options of anvil */
  static async open(...options: string[]): Promise<Market> {
    const root = join(process.cwd(), "cache", `market-${randomUUID()}`);
    await mkdir(root, { recursive: true });
    const devnet = await startDevnet({ outDir: join(root, "builds") }, ...options);
    const { hre, anvil } = devnet;
    await buildOnce(hre);
    await hre.torch2circom.deploy();
    await hre.torch2circom.register("iris");
    const project = { config: hre.config, connection: () => hre.network.getOrCreate() };
    const { chain, contracts } = await connectToContracts(project, 2);
    const node = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 });
    const client = new NonceManager(new Wallet(KEYS[1], node));
    const token = await new TestToken__factory(client).deploy();
    await token.waitForDeployment();
    await (await token.mint(await client.getAddress(), 10n ** 24n)).wait();
    const model = await loadModel(modelPaths(hre.config.torch2circom.outDir, "iris"));
    const prices = await readPrices(chain, [`${PRICE} ${await token.getAddress()}`]);
    const shop = await openShop(chain, contracts, [await offerModel(chain, contracts, model, prices)]);
    await anvil.send("evm_setAutomine", false);
    return new Market(devnet, root, node, shop, token, client);
  }

  /** The service's folder. */
  get folder(): string {
    return join(this.root, "builds", "service");
  }

  get database(): Database {
    return this.state.database;
  }

  /** Starts the service. @param environment where its state is */
  async serve(options: ServeOptions = {}, environment: NodeJS.ProcessEnv = {}): Promise<void> {
    this.state = await serviceState(this.folder, environment);
    const { shop, node: provider, state } = this;
    try {
      this.service = await startService({
        ...{ state, shop, provider, wallet: new Wallet(KEYS[2], provider), port: 0 },
        config: { ...this.devnet.hre.config.torch2circom },
        http: { perMinute: 1_000_000 },
        settling: { wait: 0 },
        log: jsonLog((line) => this.lines.push(line)),
        ...options,
        ledger: {
          ...{ maxGasPrice: 1000n * GWEI, mostFee: 10_000n * GWEI, confirmations: CONFIRMATIONS },
          ...options.ledger,
        },
      });
    } catch (error) {
      await state.close();
      throw error;
    }
  }

  /** Ends the service: after the proofs in hand, or at once. */
  async stop(how: "close" | "end" = "close"): Promise<void> {
    if (this.service === undefined) return;
    await this.service[how]();
    this.service = undefined;
    await this.state.close();
  }

  async close(): Promise<void> {
    await this.stop();
    this.node.destroy();
    this.devnet.anvil.close();
    await rm(this.root, { recursive: true, force: true });
  }

  /** @param url of a service that runs elsewhere */
  order(input = [0.1, 0.2, 0.3, 0.4], url = this.service!.url): Promise<Order> {
    const [{ id }] = this.shop.models;
    return orderInference(this.client, { url, model: id, input: { x: input } });
  }

  /** The same order at a service that has another address now. */
  moved(order: Order, url = this.service!.url): Order {
    const { purchase } = order;
    return { ...order, purchase: { ...purchase, service: { ...purchase.service, url } } };
  }

  async pay({ contracts, purchase }: Order): Promise<void> {
    await payPurchase(contracts, this.client, purchase);
  }

  /** Orders an answer, and pays for it by a signature. */
  async buy(): Promise<Order> {
    const order = await this.order();
    await this.pay(order);
    return order;
  }

  mine(blocks = 1): Promise<unknown> {
    return this.devnet.anvil.send("anvil_mine", `0x${blocks.toString(16)}`);
  }

  /** Waits until so many transactions wait to be mined. */
  async pending(count: number): Promise<void> {
    const isThere = async () =>
      Number(((await this.devnet.anvil.send("txpool_status")) as { pending: string }).pending) >= count;
    while (!(await isThere())) await wait(50);
  }

  async row({ purchase }: Order): Promise<JobRow> {
    return (await readJobRow(this.database, purchase.jobId))!;
  }

  /** Waits until jobs are in a state, or one of some, while blocks are made or not; the database may be away meanwhile. */
  async until(
    orders: readonly Order[],
    state: JobState | readonly JobState[],
    { mining = false } = {},
  ): Promise<void> {
    const wanted = [state].flat();
    for (;;) {
      const states = await Promise.all(orders.map(async (order) => (await this.row(order)).state)).catch(
        (error: unknown) => {
          if (!isDatabaseGone(error)) throw error;
          return [];
        },
      );
      if (states.length === orders.length && states.every((one) => wanted.includes(one))) return;
      if (mining) await this.mine();
      await wait(100);
    }
  }

  /** Waits for a line of the log. @param from number of the first line that counts */
  async said(text: string, from = 0): Promise<string> {
    for (;;) {
      const line = this.lines.slice(from).find((one) => one.includes(text));
      if (line !== undefined) return line;
      await wait(50);
    }
  }

  /** What the escrow says of a job. */
  async statusOf({ purchase }: Order): Promise<string> {
    return (await jobState(this.shop.contracts, purchase.jobId)).status;
  }
}
