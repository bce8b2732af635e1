import { jsonText } from "../client/jsonText.js";
import type { Outgoing } from "../client/send.js";
import type { Job } from "../client/terms.js";
import type { Proof } from "../groth16/types.js";
import type { CommittedInput } from "../inference/infer.js";

/** What the chain knows of a job, and where. */
export interface ChainJob {
  readonly jobId: string;
  readonly chainId: bigint;
  /** Address of the escrow that holds the payment. */
  readonly escrow: string;
  readonly job: Job;
}

/** What client and provider must know of a job. The client hands it to the provider: it holds the input itself. */
export interface JobRecord extends ChainJob {
  /** The client's name for the model; `job.modelId` says which one it is. */
  readonly model: string;
  readonly input: CommittedInput;
  /** The output words of a job that was answered with a commitment: the provider hands them back in this file. */
  readonly answer?: readonly bigint[];
  /** All that was sent for the job from here, oldest first. Each is written down before it leaves. */
  readonly transactions?: readonly JournalEntry[];
  /** The provider's proof, written down before it is sent. */
  readonly proven?: ProvenJob;
  /** The provider's proofs of a model's segments, each written down as it is made. */
  readonly pipeline?: PipelineProgress;
  /** The provider's signature of the job's digest, in hexadecimal: it accepts the job. */
  readonly offer?: string;
  /** The service that it was ordered from, and what shows the job there to its client alone. */
  readonly service?: { readonly url: string; readonly ticket: string; readonly oneStep?: boolean };
}

/** A job of which a part may be known only: all of a file's, or what the chain says of an id. */
export type KnownJob = ChainJob & Partial<JobRecord>;

/** Whether the input of a job is known, so that its answer can be computed. */
export function isRecord(job: KnownJob): job is JobRecord {
  return job.input !== undefined;
}

export const PURPOSES = ["request", "fulfill", "refund"] as const;

/** A transaction that has left, or was about to. */
export interface JournalEntry extends Outgoing {
  /** What it is for; a request's may also be its approval, which is sent to the token. */
  readonly purpose: (typeof PURPOSES)[number];
  /** Number of the latest block before it left. */
  readonly block: number;
}

export interface ProvenJob {
  readonly payee: string;
  readonly proof: Proof;
  /** The output words that the proof shows. */
  readonly shown: readonly bigint[];
  /** Of a proof that the job shares with others. */
  readonly batch?: BatchedProof;
}

/** How far the segments of a job are proven. */
export interface PipelineProgress {
  readonly payee: string;
  /** The provider's secrets, one per edge: all proofs of the job have the same. */
  readonly salts: readonly bigint[];
  /** The output words that the proofs show. */
  readonly shown: readonly bigint[];
  readonly edges: readonly bigint[];
  /** One per segment; null where it is not made yet. */
  readonly proofs: readonly (Proof | null)[];
}

/** What a proof of many jobs is about, beside each of them. */
export interface BatchedProof {
  /** So many jobs, the last of them repeated where there are fewer. */
  readonly jobs: number;
  /** The commitment to what is public of all jobs. */
  readonly commitment: bigint;
  /** Their ids, in the proof's order. */
  readonly jobIds: readonly string[];
}

export function jobText(record: JobRecord): string {
  return `${jsonText(record, 2)}\n`;
}

/** When a job's payment can be refunded, as ISO 8601 text; the contract takes deadlines that no date has. */
export function deadlineOf({ fulfillBy }: Job): string {
  const date = new Date(Number(fulfillBy) * 1000);
  return Number.isNaN(date.getTime()) ? `second ${fulfillBy} of Unix time` : date.toISOString();
}
