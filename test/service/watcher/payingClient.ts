import { MaxUint256, NonceManager, Wallet, ZeroAddress } from "ethers";
import { randomSalt } from "../../../src/client/commitment.js";
import { jobIdOf, inputCommitment, jobTerms, quantizeSample, type Job } from "../../../src/client/index.js";
import type { JobRecord } from "../../../src/runtime/jobs.js";
import { EventStore } from "../../../src/service/watcher/eventStore.js";
import { Watcher, type WatcherOptions } from "../../../src/service/watcher/watcher.js";
import { TestToken__factory } from "../../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { KEYS } from "../../helpers/anvil.js";
import { CONFIRMATIONS, type TestShop } from "../orders/testShop.js";

/** A client that funds jobs by itself, and hands their inputs over; and what reads the escrow's events. */
export class PayingClient {
  private constructor(
    readonly test: TestShop,
    readonly wallet: NonceManager,
    readonly token: string,
  ) {}

  static async start(test: TestShop): Promise<PayingClient> {
    const wallet = new NonceManager(new Wallet(KEYS[1], test.client.provider));
    const token = test.shop.models[0].prices[0].token;
    await (await TestToken__factory.connect(token, wallet).approve(test.shop.escrow, MaxUint256)).wait();
    return new PayingClient(test, wallet, token);
  }

  /** A job that pays the price, for an input of its own. @param terms those that are to be otherwise */
  async draft(terms: Partial<Job> = {}, seconds = 3600): Promise<JobRecord> {
    const { shop } = this.test;
    const { id, model, prices } = shop.models[0];
    const { manifest } = model;
    const integers = quantizeSample(manifest, { [manifest.inputs[0].name]: [0.1, 0.2, 0.3, 0.4] });
    const salt = randomSalt();
    const commitment = inputCommitment(manifest, integers, salt);
    const { token, amount } = prices[0];
    const own = { modelId: id, inputCommitment: commitment, provider: shop.provider, token, amount, seconds };
    const job = { ...(await jobTerms(this.wallet, own)), ...terms };
    const input = { integers, salt, commitment };
    const { chain, escrow } = shop;
    return { jobId: jobIdOf(job), model: manifest.name, chainId: chain.id, escrow, job, input };
  }

  /** The same, funded on chain. */
  async fund(terms: Partial<Job> = {}, seconds = 3600): Promise<JobRecord> {
    const record = await this.draft(terms, seconds);
    const { job } = record;
    const value = job.token === ZeroAddress ? job.amount : 0n;
    const escrow = this.test.shop.contracts.escrow.connect(this.wallet);
    await (await escrow.request(job, "0x", { value })).wait();
    return record;
  }

  /** The provider gives the payment of a job back. */
  async decline({ jobId, job }: JobRecord): Promise<void> {
    const { shop, database, ledger } = this.test;
    const { to, data } = await shop.contracts.escrow.refund.populateTransaction(job);
    await ledger.submit(database, { id: `decline:${jobId}`, to, data, value: 0n });
    await this.test.mine();
  }

  watcher(options: Partial<WatcherOptions> = {}): Watcher {
    const { shop, client } = this.test;
    const { contracts, provider } = shop;
    const nodes = [client.provider!];
    const whole = {
      contracts,
      provider,
      nodes,
      confirmations: CONFIRMATIONS,
      log: () => undefined,
      ...options,
    };
    return new Watcher(this.store, whole);
  }

  get store(): EventStore {
    const { database, shop } = this.test;
    return new EventStore(database, { provider: shop.provider, chain: shop.chain.id, escrow: shop.escrow });
  }

  /** Ids of the jobs of which events are known, with the events' names. */
  async known(): Promise<Record<string, string[]>> {
    const rows = await this.test.database.query<{ job: string; names: string[] }>(
      "select job, array_agg(name order by block_number, log_index) as names from event group by job",
    );
    return Object.fromEntries(rows.map(({ job, names }) => [job, names]));
  }

  /** As if nothing had been read. */
  async forget(): Promise<void> {
    await this.test.database.query("delete from event");
    await this.test.database.query("delete from watched");
  }
}
