import type { Contracts } from "../../client/contracts.js";
import { jobHistory, type JobHistory } from "../../client/jobHistory.js";
import { HttpError } from "../../errors/httpError.js";
import { TooLate, within } from "../nodes/within.js";

/** Milliseconds for which a history is given again, and those that a node may take for one. */
const [FRESH, PATIENCE] = [2_000, 10_000];

/** Histories that are kept, and those that are read at the same time. */
const [MOST_KEPT, AT_ONCE] = [1_000, 4];

/** Ranges of blocks that the node is asked for: some months of a chain, where it tells 10,000 blocks at once. */
const MOST_RANGES = 100;

/** What the service's node says of jobs of the escrow, whoever's they are. The service's tables have no say in it. */
export class JobHistories {
  /** The latest one is the last. */
  private readonly kept = new Map<string, { readonly history: JobHistory; readonly at: number }>();
  private readonly reading = new Map<string, Promise<JobHistory>>();

  constructor(private readonly contracts: Contracts) {}

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
    if (this.reading.size >= AT_ONCE)
      throw new HttpError(503, "Many ask for jobs on the chain now", "Ask again later.", "BUILD_BUSY", 2);
    const reading = this.ask(jobId, known?.history);
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

  private async ask(jobId: string, known: JobHistory | undefined): Promise<JobHistory> {
    const history = await jobHistory(this.contracts, jobId, { mostRanges: MOST_RANGES, known });
    this.kept.delete(jobId);
    this.kept.set(jobId, { history, at: performance.now() });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MOST_KEPT) break;
      this.kept.delete(oldest);
    }
    return history;
  }
}
