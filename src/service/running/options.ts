import type { Provider, Signer } from "ethers";
import type { Torch2CircomConfig } from "../../config/types.js";
import type { Place } from "../http/listening.js";
import type { Lobby } from "../http/lobby.js";
import type { HttpOptions } from "../http/server.js";
import type { LedgerOptions } from "../ledger/options.js";
import type { Log } from "../log.js";
import type { Shop } from "../offer/shop.js";
import type { WithdrawingPolicy } from "../orders/earnings.js";
import type { SettlingPolicy } from "../orders/settlements.js";
import type { KeyedState } from "../state/state.js";
import type { WatcherOptions } from "../watcher/watcher.js";

/** What a service needs. */
export interface ServiceOptions extends Place {
  readonly state: KeyedState;
  readonly shop: Shop;
  /** Node of the shop's chain. */
  readonly provider: Provider;
  /** The provider's account, which signs transactions without sending them. */
  readonly wallet: Signer;
  /** Where builds are, and what proves them. */
  readonly config: Pick<Torch2CircomConfig, "outDir" | "prover" | "rapidsnark">;
  /** Provers in this process. 0: others prove, see `torch2circom:work`. @default 1 */
  readonly provers?: number;
  readonly http?: HttpOptions;
  /** Answers while no node does, and is closed before the service listens. @default nothing answers */
  readonly lobby?: Lobby;
  readonly settling?: SettlingPolicy;
  readonly withdrawing?: WithdrawingPolicy;
  readonly ledger: Omit<LedgerOptions, "log">;
  /** Nodes that are asked for the escrow's events, and the first block of these. @default `provider`; see {@link WatcherOptions} */
  readonly watching?: Partial<Pick<WatcherOptions, "nodes" | "fromBlock">>;
  /** Seconds within which an answer is promised: what would take longer is not sold. @default {@link DEFAULT_SECONDS} */
  readonly mostSeconds?: number;
  /** Bytes that have to be free on the disk of the own database: with less, nothing is sold. @default 2^30 */
  readonly leastFree?: number;
  /** Seconds after the end of a job until its input is erased. @default 86400 */
  readonly keepInputs?: number;
  readonly log: Log;
}

export const DEFAULT_SECONDS = 600;
