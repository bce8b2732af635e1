import type { Contracts } from "../../client/contracts.js";
import { jobHistory, type JobHistory } from "../../client/jobHistory.js";
import { HttpError } from "../../errors/httpError.js";
import { TooLate, within } from "../nodes/within.js";
import { Budget } from "./budget.js";

/** Milliseconds for which a history is given again, and those that a node may take for one. */
const [FRESH, PATIENCE] = [2_000, 10_000];

/** Histories that are kept, and those that are read at the same time. */
const [MOST_KEPT, AT_ONCE] = [1_000, 4];

/** Ranges of blocks that the node is asked for: some months of a chain, where it tells 10,000 blocks at once. */
const MOST_RANGES = 100;

/** The same in a minute, for all jobs together: settlements need the node, too. */
const PER_MINUTE = 1_200;

/** Milliseconds after which events that were not found are looked for again: the node may have refused for a while. */
const MISSING = 600_000;

/** What the service's node says of jobs of the escrow, whoever's they are. The service's tables have no say in it. */
export class JobHistories {
  /** The latest one is the last. */
  private readonly kept = new Map<string, Kept>();
  private readonly reading = new Map<string, Promise<JobHistory>>();

  private readonly budget: Budget;

  /**
   * @param contracts of the service's node
   * @param perMinute ranges of blocks that the node is asked for in a minute, at most; 100 or more
   */
  constructor(
    private readonly contracts: Contracts,
    perMinute = PER_MINUTE,
  ) {
    this.budget = new Budget(perMinute);
  }

  /**
   * The history of a job, at most two seconds old.
   *
   * @param jobId 0x and 64 hex digits
   * @throws HttpError 503 where many others ask, and where the node takes too long
   */
  read(jobId: string): Promise<JobHistory> {
    const known = this.kept.get(jobId);
    if (known !== undefined && performance.now() - known.at < FRESH) return Promise.resolve(known.history);
    const same = this.reading.get(jobId);
    if (same !== undefined) return same;
    if (this.reading.size >= AT_ONCE) throw busy(2);
    // As much as it can take; what it does not take comes back.
    if (!this.budget.take(MOST_RANGES)) throw busy(this.budget.seconds);
    const reading = this.ask(jobId, known);
    this.reading.set(jobId, reading);
    // Until it ends, not until nobody waits for it: what a slow node is asked is bounded, too.
    const over = () => void this.reading.delete(jobId);
    reading.then(over, over);
    return within(PATIENCE, () => reading).catch((error: unknown) => {
      if (!(error instanceof TooLate)) throw error;
      throw new HttpError(
        503,
        "The service's node does not answer in time",
        "Ask again later.",
        "NETWORK_UNREACHABLE",
      );
    });
  }

  private async ask(jobId: string, before: Kept | undefined): Promise<JobHistory> {
    const known = before !== undefined && isWorthKnowing(before) ? before : undefined;
    let asked = 0;
    const options = { mostRanges: MOST_RANGES, known: known?.history, onAsk: () => asked++ };
    const history = await jobHistory(this.contracts, jobId, options).finally(() =>
      this.budget.giveBack(MOST_RANGES - asked),
    );
    const at = performance.now();
    this.kept.delete(jobId);
    this.kept.set(jobId, { history, at, since: known?.since ?? at });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MOST_KEPT) break;
      this.kept.delete(oldest);
    }
    return history;
  }
}

interface Kept {
  readonly history: JobHistory;
  readonly at: number;
  /** When its events were searched as far back as they may be. */
  readonly since: number;
}

/** Whether what is known spares a search; not for ever where it lacks the job's events. */
function isWorthKnowing({ history, since }: Kept): boolean {
  return history.requested !== undefined || performance.now() - since < MISSING;
}

function busy(seconds: number): HttpError {
  return new HttpError(503, "Many ask for jobs on the chain now", "Ask again later.", "BUILD_BUSY", seconds);
}
