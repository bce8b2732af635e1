import { TypedDataEncoder } from "ethers";
import type { Job } from "../../../src/client/escrow.js";
import { JOB_TYPES } from "../../../src/client/typedData.js";

export type { Job };

/** What a signature is of; `here` is false in the domain of another escrow. */
export type Message =
  | { readonly kind: "job" | "settlement"; readonly jobId: string; readonly here: boolean }
  | {
      readonly kind: "receive";
      readonly token: string;
      readonly from: string;
      readonly value: bigint;
      readonly validAfter: bigint;
      readonly validBefore: bigint;
      /** Whose digest is the nonce. */
      readonly nonce: "job" | "settlement";
      readonly jobId: string;
    }
  | {
      readonly kind: "cancel";
      readonly token: string;
      readonly from: string;
      readonly nonce: "job" | "settlement";
      readonly jobId: string;
    }
  | {
      readonly kind: "permit";
      readonly token: string;
      readonly owner: string;
      readonly value: bigint;
      readonly nonce: bigint;
      readonly deadline: bigint;
    };

/** A signature by what it is of, so that the ledger needs no cryptography. */
export interface Signature {
  readonly signer: string;
  readonly message: Message;
  /** Bytes that are left of its 65. */
  readonly length: 0 | 64 | 65;
}

/** What a proof says of one job; `here` is false for another escrow. */
export interface Statement {
  readonly outputs: readonly bigint[];
  readonly inputCommitment: bigint;
  readonly jobId: string;
  readonly payee: string;
  readonly here: boolean;
}

interface Form {
  readonly key: string;
  /** `negated` is as good as `plain`: (-A, -B, C). */
  readonly form: "plain" | "negated" | "spoiled" | "infinite";
}

/** A proof by what it proves. */
export type Proof = Statement & Form;

/** A proof of many jobs. `jobs` is what the call says of it. */
export interface BatchProof extends Form {
  readonly jobs: bigint;
  readonly statements: readonly Statement[];
}

/** A commitment to what a segment hands to the next one, by what it is made of. */
export interface Edge extends Pick<Statement, "here" | "jobId" | "payee"> {
  readonly place: number;
  /** Whether the field's order is added to it. */
  readonly beyond: boolean;
}

/** A proof of one segment: of its signals in what all of them state. */
export interface SegmentProof extends Form {
  readonly place: number;
  readonly statement: Statement;
  readonly edges: readonly Edge[];
}

/** Proofs of a model's segments; the edges are those of the call. */
export interface PipelineProof {
  readonly segments: readonly SegmentProof[];
  readonly edges: readonly Edge[];
}

export interface Fulfillment {
  readonly job: Job;
  readonly payee: string;
  readonly proof: Proof;
  readonly outputs: readonly bigint[];
}

export type Answer = Omit<Fulfillment, "proof">;

/** IInferenceEscrow.Authorization, with methods by number: 0 None, 1 Receive, 2 ReceiveBytes, 3 Allowance; 4 is none. */
export interface Authorization {
  readonly method: number;
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly signature?: Signature;
  readonly permit?: Signature;
}

type Request = { readonly job: Job; readonly signature?: Signature };

/** The functions of the escrow, and what else moves money or allowances. */
export type Action =
  | ({ readonly name: "request" | "requestFromBalance" } & Request)
  | ({ readonly name: "requestWithPermit"; readonly permit: Signature; readonly deadline: bigint } & Request)
  | ({
      readonly name: "requestWithAuthorization";
      readonly validAfter: bigint;
      readonly validBefore: bigint;
      readonly authorization: Signature;
    } & Request)
  | ({ readonly name: "fulfill" } & Fulfillment)
  | { readonly name: "fulfillBatch"; readonly fulfillments: readonly Fulfillment[] }
  | ({ readonly name: "fulfillAndWithdraw"; readonly to: string } & Omit<Fulfillment, "payee">)
  | ({ readonly name: "settle"; readonly authorization: Authorization } & Fulfillment)
  | {
      readonly name: "settleBatch";
      readonly fulfillments: readonly Fulfillment[];
      readonly authorizations: readonly Authorization[];
    }
  | { readonly name: "fulfillMany"; readonly answers: readonly Answer[]; readonly proof: BatchProof }
  | {
      readonly name: "settleMany";
      readonly answers: readonly Answer[];
      readonly authorizations: readonly Authorization[];
      readonly proof: BatchProof;
    }
  | ({ readonly name: "fulfillPipeline"; readonly proof: PipelineProof } & Answer)
  | ({
      readonly name: "settlePipeline";
      readonly proof: PipelineProof;
      readonly authorization: Authorization;
    } & Answer)
  | { readonly name: "refund"; readonly job: Job }
  | { readonly name: "deposit"; readonly token: string; readonly amount: bigint }
  | { readonly name: "withdraw"; readonly token: string; readonly amount: bigint; readonly to: string }
  | { readonly name: "approve" | "give"; readonly token: string; readonly amount: bigint }
  | {
      readonly name: "cancel";
      readonly job: Job;
      readonly nonce: "job" | "settlement";
      readonly signature: Signature;
    }
  | { readonly name: "halve"; readonly token: string; readonly account: string }
  | { readonly name: "block"; readonly token: string; readonly account: string; readonly blocked: boolean }
  | { readonly name: "charge"; readonly token: string; readonly percent: bigint }
  | { readonly name: "tell"; readonly puppet: string; readonly mode: PuppetMode; readonly act?: Action };

/** See contracts/test/Puppet.sol. */
export type PuppetMode = "Nothing" | "Revert" | "Invalid" | "BurnGas" | "Act";

export interface Call {
  readonly sender: string;
  /** The puppet that calls for the sender. */
  readonly via?: string;
  readonly value: bigint;
  /** Seconds since the last block, at least 1. */
  readonly wait: number;
  /** `short` does not suffice for a callback of {@link LARGE_CALLBACK} gas, and for all else. */
  readonly gas: "ample" | "short";
  readonly action: Action;
}

export const LARGE_CALLBACK = 2_000_000n;

/** Why a call is refused: a custom error of the escrow or a token; "" is a revert without data. */
export interface Reason {
  readonly name: string;
  /** Undefined where they are not the escrow's to say. */
  readonly args?: readonly unknown[];
}

export interface Event {
  readonly name: string;
  readonly args: readonly unknown[];
}

export type Outcome =
  | { readonly ok: true; readonly events: readonly Event[] }
  /** Any of the reasons that hold: the interface does not say which is looked for first. */
  | { readonly ok: false; readonly reasons: readonly Reason[] };

const ids = new Map<string, string>();

/** All terms in one string: what a job is. */
export function termsOf(job: Job): string {
  return JOB_TYPES.Job.map(({ name }) => job[name]).join(" ");
}

/** EIP-712's hash of the struct, by ethers. */
export function jobIdOf(job: Job): string {
  const terms = termsOf(job);
  const known = ids.get(terms) ?? TypedDataEncoder.hashStruct("Job", JOB_TYPES, job);
  if (ids.size > 10_000) ids.clear();
  ids.set(terms, known);
  return known;
}

/** Text of calls, messages and outcomes, for comparisons and reports. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? part.toString() : part));
}

/** EIP-3009's message that pays for a job. */
export function receiveMessage(
  { token, client, amount, ...job }: Job,
  nonce: "job" | "settlement",
  { validAfter, validBefore }: { readonly validAfter: bigint; readonly validBefore: bigint },
): Message & { kind: "receive" } {
  const jobId = jobIdOf({ token, client, amount, ...job });
  return { kind: "receive", token, from: client, value: amount, validAfter, validBefore, nonce, jobId };
}

/** EIP-3009's message that takes the payment of a job back. */
export function cancelMessage(job: Job, nonce: "job" | "settlement"): Message & { kind: "cancel" } {
  return { kind: "cancel", token: job.token, from: job.client, nonce, jobId: jobIdOf(job) };
}

/** EIP-2612's message that allows the payment of a job. */
export function permitMessage({ token, client, amount }: Job, nonce: bigint, deadline: bigint): Message {
  return { kind: "permit", token, owner: client, value: amount, nonce, deadline };
}
