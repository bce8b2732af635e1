import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ServiceServeOptions } from "../../../src/runtime/types.js";
import { Database } from "../../../src/service/database/database.js";
import { EmbeddedPostgres } from "../../../src/service/database/embedded.js";
import { KEYS } from "../../helpers/anvil.js";
import { KeptProcess } from "./keptProcess.js";
import { PRICE, type Market } from "./market.js";

/** A market's service and its provers as processes: the tasks `serve` and `work`. */
export class Fleet {
  private constructor(
    readonly market: Market,
    readonly service: KeptProcess,
    readonly provers: readonly KeptProcess[],
    readonly database: Database,
  ) {}

  /** @param options how it sells */
  static async start(market: Market, provers: number, options: ServiceServeOptions): Promise<Fleet> {
    const { config } = market.devnet.hre;
    const project = {
      ...{ root: config.paths.root, outDir: config.torch2circom.outDir },
      ...{ node: market.devnet.anvil.url, accounts: KEYS },
    };
    const prices = [`${PRICE} ${await market.token.getAddress()}`];
    const own = { account: 2, prices, port: 0, provers: 0, perMinute: 1_000_000, withdrawEvery: 0 };
    const service = new KeptProcess({ ...project, serve: { ...own, ...options } });
    await upOf(service);
    const url = await EmbeddedPostgres.running(databaseFolder(market));
    const working = Array.from({ length: provers }, () => new KeptProcess(project));
    return new Fleet(market, service, working, new Database(url!));
  }

  /** Folder of the service's database. */
  get folder(): string {
    return databaseFolder(this.market);
  }

  /** Where the service listens, when it is up. */
  url(): Promise<string> {
    return upOf(this.service);
  }

  /** Ends all processes as they are, and the database. */
  async close(): Promise<void> {
    await Promise.all([this.service, ...this.provers].map((one) => one.close()));
    await this.database.close();
    // Who starts it next can stop it.
    await (await EmbeddedPostgres.start(this.folder)).stop();
  }
}

function databaseFolder({ folder }: Market): string {
  return join(folder, "database");
}

async function upOf(service: KeptProcess): Promise<string> {
  while (service.url === undefined) await wait(100);
  return service.url;
}
