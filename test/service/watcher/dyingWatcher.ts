import { JsonRpcProvider, type Log } from "ethers";
import { contractsAt } from "../../../src/client/contracts.js";
import { Database, type Sql } from "../../../src/service/database/database.js";
import { EventStore } from "../../../src/service/watcher/eventStore.js";
import { Watcher } from "../../../src/service/watcher/watcher.js";

/** Where a watcher dies, in the first range that has events: when it has them, when they are written and not committed, or when they are. */
export type Death = "read" | "written" | "committed";

/** What a watcher that dies is given. */
export interface DyingOptions {
  readonly database: string;
  readonly node: string;
  readonly registry: string;
  readonly escrow: string;
  /** Whose jobs it looks for. */
  readonly provider: string;
  readonly confirmations: number;
  readonly death: Death;
}

// A watcher that dies without a last word in the middle of its first round.

const options = JSON.parse(process.argv[2]) as DyingOptions;
const { node, provider, confirmations, death } = options;

/** Whether the range that is being read has events. */
let hasEvents = false;

async function die(at: Death): Promise<void> {
  if (at !== death || !hasEvents) return;
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => undefined);
}

class DyingProvider extends JsonRpcProvider {
  override async getLogs(...filter: Parameters<JsonRpcProvider["getLogs"]>): Promise<Log[]> {
    const logs = await super.getLogs(...filter);
    hasEvents = logs.length > 0;
    await die("read");
    return logs;
  }
}

class DyingDatabase extends Database {
  override async transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    const result = await super.transaction(async (sql) => {
      const written = await work(sql);
      await die("written");
      return written;
    });
    await die("committed");
    return result;
  }
}

const asked = new DyingProvider(node, 31337, { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 1 });
const contracts = await contractsAt(options, asked);
const watch = { provider, chain: 31337n, escrow: options.escrow };
const store = new EventStore(new DyingDatabase(options.database), watch);
const log = () => undefined;
const watcher = new Watcher(store, {
  contracts,
  provider,
  nodes: [asked],
  confirmations,
  log,
});
for (;;) await watcher.round();
