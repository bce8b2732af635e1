import type { InputMode, ShownOutput, WeightMode } from "../../program/modes.js";
import type { LowestBit } from "../../circom/explicitBits.js";
import type { SegmentsOption } from "../../pipeline/segments.js";
import type { Progress } from "../../progress/progress.js";

export interface SizeOptions {
  /** Sizes of axes that the file leaves open, by their names. @default 1 for a batch, else the export's example */
  readonly sizes?: Readonly<Record<string, number>>;
}

export interface InspectOptions extends SizeOptions {
  /** Typical inputs, for costs, bits and errors as a build has them. @default made-up inputs: a guess */
  readonly samples?: string;
}

export interface HeldOutOptions {
  /** The share of the samples that only confirms the choice, from 0 to less than 1. @default 1/4 of 16 samples or more */
  readonly heldOut?: number;
}

/** How a model is to be quantized and what its proofs show; see the plugin's configuration. */
export interface ModelOptions extends SizeOptions {
  readonly inputBits?: number;
  readonly weightBits?: number;
  readonly activationBits?: number;
  /** Percentage of the samples whose values set the ranges; activations beyond them saturate. @default 100 */
  readonly percentile?: number;
  readonly input?: InputMode;
  readonly weights?: WeightMode;
  readonly output?: ShownOutput;
  /** Refuses a model of which an output is off by a greater share of its range on the samples. @default any */
  readonly maxError?: number;
}

export interface EstimateOptions extends ModelOptions {
  /** Typical inputs. @default the configuration's; none: made-up inputs, for a guess */
  readonly samples?: string;
  readonly progress?: Progress;
}

export interface BuildOptions extends ModelOptions {
  /** A model file, or the name of a model in the configuration. */
  readonly model: string;
  /** @default the configuration's */
  readonly samples?: string;
  /** Names of features, classes and tokens, for people: a JSON file. @default the configuration's; none: those of the samples */
  readonly card?: string;
  /** @default the file's name without its ending, or its folder's for names such as `model.pt2` */
  readonly name?: string;
  /**
   * Powers of tau: "hermez" for the smallest file of that public ceremony which serves the circuits, or the path or the url of
   * a prepared file. @default the configuration's; none: a development setup
   */
  readonly ptau?: string;
  /**
   * sha256 that this file must have, in hexadecimal; required for a url.
   * @default any: the powers are verified before they are used, once for each file
   */
  readonly ptauSha256?: string;
  /**
   * Numbers of jobs that are to be proven at once, each by a circuit and a key of its own. A number just above what half the
   * proving time would take is lowered to that. @default the configuration's; none: each job has a proof of its own
   */
  readonly batch?: readonly number[];
  /**
   * Cuts the model into segments, each with a circuit and a key of its own, which machines of less memory prove side by side:
   * so many; segments of at most so many rows; or as many as prove fastest. @default the configuration's; none
   */
  readonly segments?: SegmentsOption;
  /** Whether lowest bits are wires, for tools that look for under-constrained signals. @default "expression" */
  readonly lowestBit?: LowestBit;
  /** Replaces a key that has a contribution or is registered; the old one is kept with its build. @default false */
  readonly force?: boolean;
  /** Goes on where memory or disk would not suffice by the estimate. @default false */
  readonly anyway?: boolean;
  /** Compiles the whole circuit with circom, and compares its constraints with the build's. @default false */
  readonly check?: boolean;
  readonly progress?: Progress;
}

/** Which powers of tau. */
export interface PowersOfTauOptions extends Pick<BuildOptions, "ptauSha256" | "progress"> {
  /** "hermez", or the path or the url of a prepared file. @default the configuration's; none: "hermez" */
  readonly ptau?: string;
}

/** A sample of a file of samples. */
export interface SampleOptions {
  /** @default the configuration's */
  readonly samples?: string;
  /** @default 0 */
  readonly index?: number;
}

/** Options of which the samples are known, by the configuration or given. */
export type WithSamples<Options extends SampleOptions> = Options & { readonly samples: string };

export interface AttackOptions extends SampleOptions, SizeOptions {
  /** Time for all attacks; a random search takes what the directed ones leave. @default 30 */
  readonly seconds?: number;
  /** A model file with other weights, whose answers must be refused. */
  readonly other?: string;
  readonly progress?: Progress;
}

export interface AccountOptions {
  /** Number of the account in the network's configuration. @default 0 */
  readonly account?: number;
}

/** How a transaction is sent, and how it is waited for. */
export interface TransactionOptions extends AccountOptions {
  /** Blocks that must hold the transaction or follow it. @default 1 */
  readonly confirmations?: number;
  /** Seconds after which to give up waiting: the transaction may still be mined. @default 600 */
  readonly timeout?: number;
  /** Milliseconds between two looks at the chain. @default 2000 */
  readonly interval?: number;
  /** Hears of the transaction as soon as it is sent, and of the wait. */
  readonly progress?: Progress;
}

export interface DeployOptions extends AccountOptions {
  /**
   * Whether to pay for the factory of deterministic addresses where the chain has none: up to 0.01 of the native token.
   * @default on chains for development only
   */
  readonly fundFactory?: boolean;
}

export interface FulfillOptions extends TransactionOptions {
  /** Whether to prove although the deadline is close, or the payment does not cover the gas. @default false */
  readonly anyway?: boolean;
  /** Files of the job from machines that have proven segments of it: see `proveSegments`. @default none */
  readonly proofs?: readonly string[];
}

/** Which segments of a job are to be proven, and for whom. */
export interface ProveSegmentsOptions {
  /** Id of the job, or path of its file. */
  readonly job: string;
  /** The address that the proofs are to pay. */
  readonly payee: string;
  /** Numbers of segments, 1 for the first. @default all */
  readonly segments?: readonly number[];
  /** Files of the job from other machines that have proven segments of it. @default none */
  readonly proofs?: readonly string[];
  readonly progress?: Progress;
}

/** A job that was drafted here and accepted by its provider. */
export interface OfferOptions extends TransactionOptions {
  /** Path of the file that the provider gave back. */
  readonly offer: string;
  /** Whether to pay for proofs under a key that one contributor alone has made, on a public chain. @default false */
  readonly allowSingleContributor?: boolean;
}

export interface AcceptOptions extends AccountOptions {
  /** Whether to put what is missing of the bond into the escrow. @default false */
  readonly deposit?: boolean;
  /** Whether to accept although the deadline is close, or the payment does not cover the gas. @default false */
  readonly anyway?: boolean;
}

export interface RequestOptions extends SampleOptions, TransactionOptions {
  /** In the native token ("0.01"), or in whole ERC-20 tokens. */
  readonly amount: string;
  readonly token?: string;
  /**
   * The only address that can be paid, or "anyone".
   * @default the provider in the model's configuration; without one, anyone
   */
  readonly provider?: string;
  /** What the provider stakes, in the unit of the amount: for drafts, which the provider accepts. @default none */
  readonly bond?: string;
  /** Seconds until the job can be refunded. @default 3600 */
  readonly seconds?: number;
  /** Whether to pay for proofs under a key that one contributor alone has made, on a public chain. @default false */
  readonly allowSingleContributor?: boolean;
}

export interface JobsOptions extends AccountOptions {
  /** How many blocks are searched for jobs of the network's accounts that have no file here. @default 10000 */
  readonly blocks?: number;
}

export interface WithdrawOptions extends TransactionOptions {
  /** @default the chain's native token */
  readonly token?: string;
  /** Who receives the money. @default the account */
  readonly to?: string;
  /** In whole tokens. @default the whole balance */
  readonly amount?: string;
}
