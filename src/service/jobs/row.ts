import type { Job } from "../../client/terms.js";
import type { Proof, PublicSignals } from "../../groth16/types.js";
import type { JobRecord } from "../../runtime/jobs.js";

/** A job goes from left to right, or ends aside. */
export const JOB_STATES = [
  ...([
    "quoted",
    "accepted",
    "funding",
    "funded",
    "proving",
    "proven",
    "settling",
    "settled",
    "final",
  ] as const),
  ...(["expired", "declined", "failed", "lost", "refunded"] as const),
] as const;

export type JobState = (typeof JOB_STATES)[number];

/** States in which a job waits for its proof, or is being proven. */
export const PROVABLE: readonly JobState[] = ["accepted", "funded", "proving"];

/** SQL: when a job has to be settled. One that is paid by its settlement can be funded no later. */
export const DEADLINE = "case payment when 'one step' then fund_by else fulfill_by end";

/** The same of a row, in seconds of Unix time. */
export function deadlineOf({ terms, payment }: Pick<JobRow, "terms" | "payment">): number {
  return Number(payment === "one step" ? terms.fundBy : terms.fulfillBy);
}

/** What was proven of a job. */
export interface JobAnswer {
  /** Of a model in segments, the first segment's. */
  readonly proof: Proof;
  /** The proofs of all segments, and the commitments to what crosses between them, in decimal; only of a model in segments. */
  readonly pipeline?: { readonly proofs: readonly Proof[]; readonly edges: readonly string[] };
  readonly publicSignals: PublicSignals;
  /** The packed output words, in decimal. */
  readonly words: readonly string[];
  /** Wall-clock time of witness and proof. */
  readonly seconds: number;
}

/** A job as the database has it. */
export interface JobRow {
  readonly id: string;
  /** Its id in the queue, a UUID. */
  readonly queueId: string;
  readonly chain: bigint;
  readonly escrow: string;
  readonly model: string;
  /** Hash of the build that proves it. */
  readonly build: string;
  /** Address that its proof pays. */
  readonly payee: string;
  readonly terms: Job;
  readonly payment: "client" | "relayed" | "one step";
  /** The provider's signature of the terms. */
  readonly offer: string | null;
  readonly state: JobState;
  readonly reason: string | null;
  /** Sealed; null once it is erased. */
  readonly input: Buffer | null;
  readonly answer: JobAnswer | null;
  /** Hash of the transaction that settled it. */
  readonly settledTransaction: string | null;
}

/** A job that was quoted just now. */
export interface QuotedJob extends Pick<JobRow, "build" | "payee" | "payment"> {
  readonly record: JobRecord;
}

/** What may be written with a new state; a field that is not named stays as it is. */
export interface JobFields {
  readonly payment?: JobRow["payment"];
  readonly reason?: string;
  readonly answer?: JobAnswer;
  readonly offer?: string;
  readonly signedPayment?: object;
  readonly fundedBlock?: bigint;
  readonly settledTransaction?: string;
  readonly gas?: bigint;
  readonly gasPaid?: bigint;
}
