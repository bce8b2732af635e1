import type { WeightMode, ShownOutput, InputMode } from "../program/modes.js";
import type { Manifest } from "../artifacts/manifest.js";
import type { AttackReport } from "../attack/types.js";
import type { Estimate } from "../pipeline/estimate.js";
import type { BuildResult } from "../pipeline/buildModel.js";
import type { LowestBit } from "../circom/explicitBits.js";
import type { Contracts } from "../client/contracts.js";
import type { Deployment, DeploymentTransactions } from "../client/deploy.js";
import type { JobState, Receipt } from "../client/escrow.js";
import type { Proof, PublicSignals } from "../groth16/types.js";
import type { ModelInspection } from "../import/inspectModel.js";
import type { Answer } from "../inference/infer.js";
import type { Progress } from "../progress/progress.js";
import type { Evaluation } from "../quantize/evaluate.js";
import type { Calibrated, CalibrateOptions } from "../search/calibrateBits.js";

/** What a model file holds, and what its circuit would cost; null where something is not supported. */
export interface Inspection extends ModelInspection {
  readonly estimate: Estimate | null;
  /** Why there is no estimate, where it is not for what is not supported. */
  readonly obstacle?: string;
}

/** How well a file's integer program does, and the bits that it was given for that. */
export interface FileEvaluation extends Evaluation {
  readonly inputBits: number;
  readonly weightBits: number;
  readonly activationBits: number;
  /** What was decided for the user, one sentence each. */
  readonly notices: readonly string[];
}

export interface SizeOptions {
  /** Sizes of axes that the file leaves open, by their names. @default 1 for a batch, else the export's example */
  readonly sizes?: Readonly<Record<string, number>>;
}

export interface InspectOptions extends SizeOptions {
  /** Typical inputs, for costs, bits and errors as a build has them. @default made-up inputs: a guess */
  readonly samples?: string;
}

/** How a model is to be quantized and what its proofs show; see the plugin's configuration. */
export interface ModelOptions extends SizeOptions {
  readonly inputBits?: number;
  readonly weightBits?: number;
  readonly activationBits?: number;
  /** The samples by whose values ranges are chosen, in per cent: beyond, activations are saturated. @default 100 */
  readonly percentile?: number;
  readonly input?: InputMode;
  readonly weights?: WeightMode;
  readonly output?: ShownOutput;
  /** Refuses a model of which an output is off by a greater share of its range on the samples. @default any */
  readonly maxError?: number;
}

export interface BuildOptions extends ModelOptions {
  /** A model file, or the name of a model in the configuration. */
  readonly model: string;
  /** @default the configuration's */
  readonly samples?: string;
  /** @default the file's name without its ending, or its folder's for names such as `model.pt2` */
  readonly name?: string;
  /** Path of prepared powers of tau. @default the configuration's; none: a development setup */
  readonly ptau?: string;
  /**
   * sha256 that this file must have, in hexadecimal.
   * @default any: the powers are verified before they are used
   */
  readonly ptauSha256?: string;
  /** Whether lowest bits are wires, for tools that look for under-constrained signals. @default "expression" */
  readonly lowestBit?: LowestBit;
  readonly progress?: Progress;
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

export interface ProofResult {
  readonly model: string;
  readonly proof: Proof;
  readonly publicSignals: PublicSignals;
  /** What opens a commitment to the outputs, in decimal; undefined where the signals show them. */
  readonly opening?: { readonly salt: string; readonly words: readonly string[] };
  readonly outputs: readonly Answer[];
  readonly seconds: number;
}

export interface VerifyResult {
  readonly valid: boolean;
  /** The registry's own word; undefined where it was not asked. */
  readonly validOnChain?: boolean;
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

export interface RequestOptions extends SampleOptions, AccountOptions {
  /** In the chain's coin ("0.01"), or in whole tokens. */
  readonly amount: string;
  readonly token?: string;
  readonly provider?: string;
  /** Until the job can be refunded. @default 3600 */
  readonly seconds?: number;
}

export interface RequestResult extends Receipt {
  readonly jobId: string;
  /** The job's file: the provider needs it to answer. */
  readonly file: string;
}

export interface FulfillResult extends Receipt {
  readonly jobId: string;
  readonly payee: string;
  readonly outputs: readonly Answer[];
  /** The job's file with the outputs, for the client, where the chain knows only a commitment to them. */
  readonly answerFile?: string;
  readonly seconds: number;
}

export interface StatusResult extends JobState {
  readonly jobId: string;
  readonly fulfillBy: string;
  /** Undefined where there are none yet, or only a commitment to them. */
  readonly outputs?: readonly Answer[];
}

export interface ListedBuild {
  readonly name: string;
  readonly setup: Manifest["setup"];
  readonly constraints: Manifest["constraints"];
  readonly inputMode: InputMode;
  readonly folder: string;
}

export interface ListedJob {
  readonly jobId: string;
  readonly model: string;
  readonly chainId: string;
  /** In the smallest units of the token. */
  readonly amount: string;
  /** The zero address: the chain's native token. */
  readonly token: string;
  readonly fulfillBy: string;
  readonly file: string;
  /** On the chosen network; undefined for a job of another chain. */
  readonly status?: JobState["status"];
}

export interface Listing {
  readonly builds: readonly ListedBuild[];
  readonly jobs: readonly ListedJob[];
  /** What the account can withdraw, in the smallest units of each token; undefined where there is no escrow. */
  readonly due?: {
    readonly chainId: string;
    readonly account: string;
    readonly balances: readonly { readonly token: string; readonly amount: string }[];
  };
  /** Why the network was not asked, where it was not. */
  readonly notice?: string;
}

/** Methods that need no chain: files, builds and proofs. */
export interface ModelMethods {
  /** @param model a model file, or the name of a model in the configuration */
  inspect(model: string, options?: InspectOptions): Promise<Inspection>;
  /**
   * @param model a model file, or the name of a model in the configuration
   * @param samples by default the configuration's
   */
  evaluate(model: string, samples?: string, options?: ModelOptions): Promise<FileEvaluation>;
  /** The fewest constraints within a loss of so many points. */
  calibrate(
    model: string,
    samples: string | undefined,
    options: CalibrateOptions & SizeOptions,
  ): Promise<Calibrated>;
  build(options: BuildOptions): Promise<BuildResult>;
  manifest(name: string): Promise<Manifest>;
  prove(name: string, options?: SampleOptions | { job: string; payee: string }): Promise<ProofResult>;
  verify(
    name: string,
    proof: Pick<ProofResult, "proof" | "publicSignals" | "opening">,
    onChain?: boolean,
  ): Promise<VerifyResult>;
  /** Forges witnesses of a built circuit; see {@link AttackReport.found}. */
  attack(name: string, options?: AttackOptions): Promise<AttackReport>;
  /** The builds of the project, its jobs, and what the escrow of the chosen network owes to the account. */
  list(): Promise<Listing>;
}

/** Methods that speak to the registry and the escrow. */
export interface PaymentMethods {
  /** Deploys what is not there yet: the addresses are the same on every chain, whoever deploys. */
  deploy(options?: AccountOptions): Promise<DeployResult>;
  /** The deployed registry and escrow, typed, with the account as sender. */
  contracts(options?: AccountOptions): Promise<Contracts>;
  register(
    name: string,
    options?: AccountOptions & { uri?: string; allowSingleContributor?: boolean },
  ): Promise<RegisterResult>;
  request(name: string, options: RequestOptions): Promise<RequestResult>;
  fulfill(job: string, options?: AccountOptions): Promise<FulfillResult>;
  refund(job: string, options?: AccountOptions): Promise<Receipt>;
  withdraw(options?: AccountOptions & { token?: string; to?: string }): Promise<Receipt & { amount: bigint }>;
  status(job: string): Promise<StatusResult>;
}

/** `hre.torch2circom`: what the tasks do, as functions. */
export interface Torch2CircomRuntime extends ModelMethods, PaymentMethods {}
