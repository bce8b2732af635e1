import type { Torch2CircomConfig } from "../../config/types.js";
import type { Database } from "../database/database.js";
import type { InputKey } from "../jobs/sealed.js";
import type { JobRow } from "../jobs/row.js";
import type { Log } from "../log.js";

/** What a prover needs. */
export interface ProverOptions {
  /** With its tables made. */
  readonly database: Database;
  /** Names of the builds that it proves. */
  readonly models: readonly string[];
  /** Where these are, and what proves them. */
  readonly config: Pick<Torch2CircomConfig, "outDir" | "prover" | "rapidsnark">;
  /** With which inputs are sealed. */
  readonly key: InputKey;
  /**
   * Whether the escrow still pays for a job, asked before each proof. A job that is not wanted is `lost`; where this fails, the
   * job waits.
   */
  readonly isStillWanted: (job: JobRow) => Promise<boolean>;
  readonly log: Log;
}
