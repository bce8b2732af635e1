import type { InputMode, ShownOutput } from "../../program/modes.js";
import type { Manifest } from "../../artifacts/manifest.js";
import type { Estimate } from "../../pipeline/estimate.js";
import type { Deployment, DeploymentTransactions } from "../../client/deploy.js";
import type { JobState } from "../../client/jobState.js";
import type { Receipt } from "../../client/send.js";
import type { Proof, PublicSignals } from "../../groth16/types.js";
import type { ModelInspection } from "../../import/inspectModel.js";
import type { Answer } from "../../client/outputs.js";
import type { Unit } from "../../client/unit.js";
import type { Evaluation } from "../../quantize/evaluate.js";

export type { Unit } from "../../client/unit.js";

/** What a model file holds, and what its circuit would cost; null where something is not supported. */
export interface Inspection extends ModelInspection {
  readonly estimate: Estimate | null;
  /** Why there is no estimate, where it is not for what is not supported. */
  readonly obstacle?: string;
}

/** The report of a build, as a page. */
export interface ReportPage {
  readonly name: string;
  /** The page: one HTML file without scripts, which needs no other. */
  readonly file: string;
  /** The numbers at its head, each with what it is of. */
  readonly headlines: readonly { readonly label: string; readonly value: string; readonly meaning: string }[];
  /** What its figures show, one sentence each. */
  readonly findings: readonly string[];
}

/** How well a file's integer program does, and the bits that it was given for that. */
export interface FileEvaluation extends Evaluation {
  readonly inputBits: number;
  readonly weightBits: number;
  readonly activationBits: number;
  /** What was decided for the user, one sentence each. */
  readonly notices: readonly string[];
}

export interface ProofResult {
  readonly model: string;
  readonly proof: Proof;
  readonly publicSignals: PublicSignals;
  /** What opens outputs that the signals hide, in decimal: a salt, and for a commitment the words. Undefined where they show them. */
  readonly opening?: { readonly salt: string; readonly words?: readonly string[] };
  readonly outputs: readonly Answer[];
  readonly seconds: number;
}

export interface VerifyResult {
  readonly valid: boolean;
  /** The registry's own word; undefined where it was not asked. */
  readonly validOnChain?: boolean;
  /** Undefined where nothing opens outputs that are committed to or encrypted. */
  readonly outputs?: readonly Answer[];
}

export interface DeployResult extends Deployment {
  readonly transactions: DeploymentTransactions;
  /** Where the addresses are written; undefined for a chain that vanishes with the process. */
  readonly file?: string;
}

export interface RegisterResult extends Receipt {
  readonly modelId: string;
}

export interface RequestResult extends Receipt {
  readonly jobId: string;
  /** The job's file: the provider needs it to answer. */
  readonly file: string;
}

/** What was gone on with, and its transaction. */
export interface ResumeResult extends Receipt {
  readonly jobId: string;
  readonly step: "request" | "fulfill" | "refund";
}

export interface WithdrawResult extends Receipt, Unit {
  /** In the smallest units. */
  readonly amount: bigint;
}

export interface DraftResult {
  readonly jobId: string;
  /** The job's file, for the provider. */
  readonly file: string;
}

export interface AcceptResult extends DraftResult {
  readonly provider: string;
}

/** Which segments of a job are proven. */
export interface ProvenSegmentsResult {
  /** The job's file, with the proofs: for the machine that fulfills it. */
  readonly file: string;
  /** Numbers of segments, 1 for the first. */
  readonly proven: readonly number[];
  readonly missing: readonly number[];
}

export interface FulfillResult extends Receipt {
  readonly jobId: string;
  readonly payee: string;
  readonly outputs: readonly Answer[];
  /** The job's file with the outputs, for the client, where the chain knows only a commitment to them. */
  readonly answerFile?: string;
  readonly seconds: number;
}

/** What a job waits for, and the commands that go on with it. */
export interface Outlook {
  readonly state: string;
  /** The last transaction that was sent for the job from here. */
  readonly sent?: string;
  readonly next: readonly string[];
}

export interface StatusResult extends JobState, Outlook {
  readonly jobId: string;
  readonly fulfillBy: string;
  /** How the chain shows the outputs; undefined where the model is not here. */
  readonly outputMode?: ShownOutput;
  /** Undefined where there are none yet, or nothing here opens them. */
  readonly outputs?: readonly Answer[];
}

export interface ListedBuild {
  readonly name: string;
  readonly setup: Manifest["setup"];
  readonly constraints: Manifest["constraints"];
  readonly inputMode: InputMode;
  readonly folder: string;
}

/** A job; its status and outlook are undefined for a job of another chain than the network's. */
export interface ListedJob extends Partial<Outlook> {
  readonly jobId: string;
  /** The client's name for the model; undefined where there is no file. */
  readonly model?: string;
  readonly chainId: string;
  /** In the smallest units of the token. */
  readonly amount: string;
  /** The zero address: the chain's native token. */
  readonly token: string;
  readonly client: string;
  /** The zero address: whoever proves first. */
  readonly provider: string;
  readonly fulfillBy: string;
  /** Undefined for a job that is known by the chain alone. */
  readonly file?: string;
  readonly status?: JobState["status"];
}

/** A file that a list has to leave out. */
export interface DamagedFile {
  readonly file: string;
  readonly problem: string;
  readonly remedy: string;
}

export interface Listing {
  readonly builds: readonly ListedBuild[];
  /** Manifests that cannot be read: the rest is listed. */
  readonly damaged: readonly DamagedFile[];
}

export interface JobList {
  readonly jobs: readonly ListedJob[];
  /** Files that cannot be read: the rest is listed. */
  readonly damaged: readonly DamagedFile[];
  /** What the account can withdraw, in the smallest units of each token; undefined where there is no escrow. */
  readonly due?: {
    readonly chainId: string;
    readonly account: string;
    readonly balances: readonly ({ readonly token: string; readonly amount: string } & Unit)[];
  };
  /** Why the network was not asked, where it was not. */
  readonly notice?: string;
}
