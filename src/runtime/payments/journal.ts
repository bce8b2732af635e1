import type { Provider } from "ethers";
import type { Outgoing } from "../../client/send.js";
import { findJobFile, forgetJob, saveJob, type JobFolders } from "../jobFiles.js";
import { readJob } from "../jobSchema.js";
import type { JobRecord, JournalEntry } from "../jobs.js";

/** What a step's transactions are written into. */
export type StepJournal = Pick<Journal, "last" | "note">;

/** The files of several jobs, for a transaction that they share. */
export class JournalOfMany implements StepJournal {
  constructor(private readonly journals: readonly Journal[]) {}

  /** The last transaction for a purpose that all of the jobs have. */
  last(purpose: JournalEntry["purpose"], from?: string): JournalEntry | undefined {
    const [first, ...others] = this.journals.map((journal) => journal.last(purpose, from));
    return others.every((entry) => entry?.nonce === first?.nonce && entry?.from === first?.from)
      ? first
      : undefined;
  }

  async note(purpose: JournalEntry["purpose"], sending: Outgoing, provider: Provider): Promise<void> {
    for (const journal of this.journals) await journal.note(purpose, sending, provider);
  }
}

/** The file of a job, into which everything is written before it happens. */
export class Journal {
  private constructor(
    private readonly folders: JobFolders,
    private current: JobRecord,
    /** Where the job is kept; undefined as long as it is somebody else's file alone. */
    private path: string | undefined,
  ) {}

  /** Begins the file of a job that nobody knows yet. @throws Torch2CircomError if there is one */
  static async begin(folders: JobFolders, record: JobRecord): Promise<Journal> {
    return new Journal(folders, record, await saveJob(folders, record, "keep"));
  }

  /**
   * Goes on with the file of a job, or begins one from what was given. Of somebody else's file, only the job itself counts:
   * what it says was sent or answered was not written here.
   */
  static async open(folders: JobFolders, given: JobRecord): Promise<Journal> {
    const path = await findJobFile(folders, given.jobId);
    if (path !== undefined) return new Journal(folders, await readJob(path), path);
    const { jobId, model, chainId, escrow, job, input } = given;
    return new Journal(folders, { jobId, model, chainId, escrow, job, input }, undefined);
  }

  get record(): JobRecord {
    return this.current;
  }

  get file(): string | undefined {
    return this.path;
  }

  /** The last transaction for a purpose, of an account or of any; undefined if none has left. */
  last(purpose: JournalEntry["purpose"], from?: string): JournalEntry | undefined {
    return this.current.transactions?.findLast(
      (entry) => entry.purpose === purpose && (from === undefined || entry.from === from),
    );
  }

  async write(change: Partial<JobRecord>): Promise<string> {
    const changed = { ...this.current, ...change };
    this.path = await saveJob(this.folders, changed, "replace");
    this.current = changed;
    return this.path;
  }

  /** Writes a transaction down: before it leaves, and again if its hash is known only then. */
  async note(purpose: JournalEntry["purpose"], sending: Outgoing, provider: Provider): Promise<void> {
    const all = this.current.transactions ?? [];
    const last = all.at(-1);
    const isSame = last !== undefined && last.hash === undefined && last.nonce === sending.nonce;
    const block = isSame ? last.block : await provider.getBlockNumber();
    const { from, to, nonce, hash } = sending;
    const entry = { purpose, from, to, nonce, ...(hash !== undefined && { hash }), block };
    await this.write({ transactions: [...(isSame ? all.slice(0, -1) : all), entry] });
  }

  /** Removes the file if nothing has left: the job is not worth the trouble then. */
  async forgetUnsent(): Promise<void> {
    if (this.current.transactions === undefined) await forgetJob(this.folders, this.current);
  }
}
