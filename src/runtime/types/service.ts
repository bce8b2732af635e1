import type { Answer } from "../../client/outputs.js";
import type { PaidBy } from "../../client/service/payPurchase.js";
import type { Progress } from "../../progress/progress.js";
import type { Books } from "../../service/books/books.js";

/** How a provider sells answers. */
export interface ServiceServeOptions {
  /** Number of the account in the network's configuration: it signs offers, is paid, and pays for gas. @default 0 */
  readonly account?: number;
  /**
   * Prices of all models that are served: "0.001" in the native token, "1.5 0x…" in whole tokens of an ERC-20 token, or
   * "1.5 0x… 0.0004" with what that is worth in the native one: nothing is sold while gas costs more than the price.
   * @default those of each model in the configuration
   */
  readonly prices?: readonly string[];
  /** Address to listen at. @default "127.0.0.1", for this machine and a proxy on it */
  readonly host?: string;
  /** Port to listen at; 0 for any. @default 8018 */
  readonly port?: number;
  /** Addresses of proxies before the service, whose word for a client's address is taken. @default none */
  readonly trustedProxies?: readonly string[];
  /** Requests of one address in a minute. @default 600 */
  readonly perMinute?: number;
  /** Provers in this process. 0: others prove, see {@link ServiceMethods.work}. @default 1 */
  readonly provers?: number;
  /** Jobs that one transaction settles, at most. @default 8 */
  readonly batch?: number;
  /** Seconds that a proven job waits for others, to share a transaction. @default 30 */
  readonly wait?: number;
  /** Seconds within which an answer is promised: what would take longer is not sold. @default 600 */
  readonly promise?: number;
  /** Blocks on top of a transaction's block that make it final. @default 12; 1 on chains for development */
  readonly confirmations?: number;
  /** Gwei for a unit of gas above which nothing is sold, and settlements wait until their deadline is near. @default 50 */
  readonly maxGasPrice?: number;
  /** Hours from one withdrawal of what the account has in the escrow to the next. @default 24; 0: never */
  readonly withdrawEvery?: number;
  /** Address that it is withdrawn to. @default the account's own */
  readonly withdrawTo?: string;
  /** Hours after the end of a job until its input is erased. @default 24 */
  readonly keepInputs?: number;
  /** Name of another network of the configuration, of the same chain: asked where the first one does not answer. @default none */
  readonly fallback?: string;
  /** Block from which on jobs are found that clients fund without a quote. @default the first time 50,000 blocks ago, then where it was */
  readonly fromBlock?: number;
  /** Sell answers under a key that one contributor alone has made, on a public chain. @default false */
  readonly allowSingleContributor?: boolean;
  /**
   * Prove first for a client that has only signed, whatever the answer shows: the chain has no public pool, or the node sends
   * transactions to block builders alone. @default false: only where the answer is behind a commitment
   */
  readonly noPublicPool?: boolean;
  /** Folder with bundles of models (`torch2circom:bundle`), `<name>.tgz`, which anybody may download to audit. @default none */
  readonly bundles?: string;
  /**
   * Go on with the account's nonce as the chain has it, after the restore of a backup that is older than the account's last
   * transaction. @default false: what the service did not sign stops it
   */
  readonly adoptNonce?: boolean;
  /** Folder of the pages for people: `checkout`, `job` and `operator`. @default the package's */
  readonly pages?: string;
  /** Takes a line of the log, in JSON. @default writes it to stderr */
  readonly log?: (line: string) => void;
}

/** A service that runs in this process. */
export interface ServiceRunning {
  /** Where it listens. */
  readonly url: string;
  /** Whether other machines can prove for it: its database is that of DATABASE_URL. */
  readonly isShared: boolean;
  /** Takes no other order, and ends after the proofs in hand. What is owed is in the database: the next start goes on. */
  close(): Promise<void>;
  /** Ends at once; proofs in hand are made again by others. */
  end(): Promise<void>;
}

export interface ServiceWorkOptions {
  /** Names of builds. @default all that the service sells and that are here */
  readonly models?: readonly string[];
  /** Takes a line of the log, in JSON. @default writes it to stderr */
  readonly log?: (line: string) => void;
}

/** A prover that runs in this process. */
export interface ProverRunning {
  readonly models: readonly string[];
  /** Whether it works on the database of DATABASE_URL, and not on an embedded one of this machine. */
  readonly isShared: boolean;
  /** Ends after the proof in hand. */
  close(): Promise<void>;
  /** Ends at once: the job in hand is given to others. */
  end(): Promise<void>;
}

/** What to buy from a service, and how. */
export interface ServiceBuyOptions {
  /** Name of a model that the service sells, or the registry's id. @default the only one that it sells */
  readonly model?: string;
  /** Path of the inputs: .npz, .npy, .json, or a folder; and which of them. */
  readonly samples?: string;
  /** @default 0 */
  readonly index?: number;
  /** A job that was ordered before, by its id or file: goes on with it. */
  readonly job?: string;
  /** The most that the answer may cost, in whole tokens. @default what the price list says */
  readonly most?: string;
  /** Address of the token to pay in. @default the first of the price list */
  readonly token?: string;
  /** @default a signature, but for the native token */
  readonly by?: PaidBy;
  /** @default 0 */
  readonly account?: number;
  /** Seconds to wait for the answer. @default 900 */
  readonly timeout?: number;
  /** Wait until the provider's payment is final, too. @default "proven" */
  readonly until?: "proven" | "final";
  /** Pay for a proof under a key that one contributor alone has made, on a public chain. @default false */
  readonly allowSingleContributor?: boolean;
  readonly progress?: Progress;
}

/** An answer that was bought, and is proven. */
export interface Bought {
  readonly jobId: string;
  readonly outputs: readonly Answer[];
  /** In words, with its unit. */
  readonly paid: string;
  /** How far the job is at the service. */
  readonly state: string;
  readonly transaction?: string;
  /** The job's file. */
  readonly file: string;
}

/** The provider's service: it sells answers over HTTP, on as many machines as it needs. */
export interface ServiceMethods {
  /**
   * Sells answers of built and registered models. Its state is in the PostgreSQL server of DATABASE_URL, or else in one of its
   * own under `service/` of the builds' folder.
   *
   * @param models names of builds
   * @param options prices, limits and times
   * @throws Torch2CircomError for a model that cannot be sold, with what is missing
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const service = await hre.torch2circom.service.serve(["digits"], { prices: ["0.001"] });
   * console.log(service.url);
   * await service.close();
   * ```
   */
  serve(models: readonly string[], options?: ServiceServeOptions): Promise<ServiceRunning>;

  /**
   * Proves jobs of a service: on its machine, or on any other with the builds and the same DATABASE_URL.
   *
   * @param options which builds
   * @throws Torch2CircomError where there is no such service, or a build is another than the one that it sells
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const prover = await hre.torch2circom.service.work();
   * console.log(prover.models);
   * await prover.close();
   * ```
   */
  work(options?: ServiceWorkOptions): Promise<ProverRunning>;

  /**
   * Buys an answer. What the client must not lose is in the job's file before anything is paid.
   *
   * @param url of the service
   * @param options which model, which input, and how it is paid
   * @throws Torch2CircomError where the input, the terms or the answer are not what they should be
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { outputs } = await hre.torch2circom.service.buy("https://example.com", { samples: "images.npy" });
   * console.log(outputs[0].values);
   * ```
   */
  buy(url: string, options: ServiceBuyOptions): Promise<Bought>;

  /**
   * The books of the service: jobs by state, what was earned, what was spent, what is open.
   *
   * @throws Torch2CircomError where its database cannot be reached
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { jobs, gasPaid } = await hre.torch2circom.service.status();
   * console.log(jobs.final, gasPaid);
   * ```
   */
  status(): Promise<Books>;
}
