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
import type { Answer } from "../client/outputs.js";
import type { Progress } from "../progress/progress.js";
import type { Evaluation } from "../quantize/evaluate.js";
import type { Calibrated, CalibrateOptions } from "../search/calibrateBits.js";

// Types of options and results, for those who name them.
export type {
  Answer,
  AttackReport,
  BuildResult,
  Calibrated,
  CalibrateOptions,
  Contracts,
  Deployment,
  Estimate,
  Evaluation,
  InputMode,
  JobState,
  LowestBit,
  Manifest,
  ModelInspection,
  Progress,
  Proof,
  PublicSignals,
  Receipt,
};

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
  /** Percentage of the samples whose values set the ranges; activations beyond them saturate. @default 100 */
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
  /** In the native token ("0.01"), or in whole ERC-20 tokens. */
  readonly amount: string;
  readonly token?: string;
  readonly provider?: string;
  /** Seconds until the job can be refunded. @default 3600 */
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
  /**
   * Shows what a model file holds, whether it can be built, and what its circuit would cost. Makes no circuit.
   *
   * @param model path of a `.pt2` or `.onnx` file, or the name of a model in the configuration
   * @param options samples for exact costs, and sizes of open axes
   * @returns layers, what is not supported, and an estimate in constraints
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { estimate, unsupported } = await hre.torch2circom.inspect("iris.pt2", { samples: "iris.npz" });
   * console.log(estimate?.constraints.nonlinear, unsupported);
   * ```
   */
  inspect(model: string, options?: InspectOptions): Promise<Inspection>;

  /**
   * Compares a model's integer program with its float model. Makes no circuit.
   *
   * @param model path of a `.pt2` or `.onnx` file, or the name of a model in the configuration
   * @param samples path of typical inputs, by default the configuration's, with labels if there are any
   * @param options bit widths and percentile
   * @returns scores, errors per output, and the bit widths that were chosen
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { floatScore, integerScore } = await hre.torch2circom.evaluate("iris.pt2", "iris.npz", { weightBits: 6 });
   * console.log(floatScore, integerScore);
   * ```
   */
  evaluate(model: string, samples?: string, options?: ModelOptions): Promise<FileEvaluation>;

  /**
   * Finds the bit widths with the fewest constraints within a loss of accuracy. Makes no circuit.
   *
   * @param model path of a `.pt2` or `.onnx` file, or the name of a model in the configuration
   * @param samples path of typical inputs, by default the configuration's; one in four is held out and only confirms the choice
   * @param options the loss in points that is allowed, and sizes of open axes
   * @returns the best choice, and the table to choose from
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { best } = await hre.torch2circom.calibrate("iris.pt2", "iris.npz", { maxLoss: 0.5 });
   * console.log(best.bits, best.nonlinear);
   * ```
   */
  calibrate(
    model: string,
    samples: string | undefined,
    options: CalibrateOptions & SizeOptions,
  ): Promise<Calibrated>;

  /**
   * Makes circuit, keys, Solidity verifier, manifest and report. Unchanged stages are cached.
   *
   * @param options the model, its samples, and how to build it
   * @returns the manifest and the report, as written to the folder of the build
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { manifest } = await hre.torch2circom.build({ model: "iris.pt2", samples: "iris.npz", name: "iris" });
   * console.log(manifest.constraints.nonlinear, manifest.setup);
   * ```
   */
  build(options: BuildOptions): Promise<BuildResult>;

  /**
   * Reads the manifest of a build: how inputs and outputs are packed, hashes, and the setup.
   *
   * @param name of the build
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { outputs } = await hre.torch2circom.manifest("iris");
   * console.log(outputs[0].packing);
   * ```
   */
  manifest(name: string): Promise<Manifest>;

  /**
   * Makes a proof, outside of a job or for one.
   *
   * @param name of the build
   * @param options a sample, or a job and the address that its proof is to pay
   * @returns proof, public signals, and the answer
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { outputs, seconds } = await hre.torch2circom.prove("iris", { samples: "iris.npz", index: 3 });
   * console.log(outputs[0].values, seconds);
   * ```
   */
  prove(name: string, options?: SampleOptions | { job: string; payee: string }): Promise<ProofResult>;

  /**
   * Verifies a proof.
   *
   * @param name of the build
   * @param proof what {@link Torch2CircomRuntime.prove} returned
   * @param onChain whether the deployed registry verifies it, too. Default: false
   * @returns the verdict, and the answer if it is valid
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const proof = await hre.torch2circom.prove("iris", { samples: "iris.npz" });
   * const { valid } = await hre.torch2circom.verify("iris", proof);
   * console.log(valid);
   * ```
   */
  verify(
    name: string,
    proof: Pick<ProofResult, "proof" | "publicSignals" | "opening">,
    onChain?: boolean,
  ): Promise<VerifyResult>;

  /**
   * Tries to forge witnesses of a built circuit. That it finds none is not a proof; see {@link AttackReport.found}.
   *
   * @param name of the build
   * @param options samples, time, and another model whose answers must be refused
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { found } = await hre.torch2circom.attack("iris", { samples: "iris.npz", seconds: 2 });
   * if (found > 0) throw new Error("the circuit is not sound");
   * ```
   */
  attack(name: string, options?: AttackOptions): Promise<AttackReport>;

  /**
   * Lists the builds of the project, its jobs, and what the escrow of the chosen network owes to the account.
   *
   * @returns builds and jobs from files; states and balances where the network answers
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { builds, jobs, due } = await hre.torch2circom.list();
   * console.log(builds.length, jobs.length, due?.balances);
   * ```
   */
  list(): Promise<Listing>;
}

/** Methods that speak to the registry and the escrow. */
export interface PaymentMethods {
  /**
   * Deploys the registry and the escrow where they are missing. Their addresses are the same on every chain, whoever
   * deploys.
   *
   * @param options the account that pays
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { registry, escrow } = await hre.torch2circom.deploy();
   * console.log(registry, escrow);
   * ```
   */
  deploy(options?: AccountOptions): Promise<DeployResult>;

  /**
   * Connects to the deployed registry and escrow, as typed ethers contracts.
   *
   * @param options the account that sends transactions
   * @example
   * ```ts
   * import { ZeroAddress } from "ethers";
   * import hre from "hardhat";
   *
   * await hre.torch2circom.deploy();
   * const { escrow } = await hre.torch2circom.contracts({ account: 1 });
   * const [, client] = await (await hre.network.getOrCreate()).ethers.getSigners();
   * console.log(await escrow.balanceOf(client, ZeroAddress));
   * ```
   */
  contracts(options?: AccountOptions): Promise<Contracts>;

  /**
   * Registers the verification key of a build. Registering it again only announces its uri.
   *
   * @param name of the build
   * @param options the account, the place where clients find the manifest (its hash is added; default: the hash alone), and
   *   whether a single contributor will do
   * @returns the model id and the transaction
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * await hre.torch2circom.deploy();
   * const { modelId } = await hre.torch2circom.register("iris", { account: 2 });
   * console.log(modelId);
   * ```
   */
  register(
    name: string,
    options?: AccountOptions & { uri?: string; allowSingleContributor?: boolean },
  ): Promise<RegisterResult>;

  /**
   * Commits to a sample and locks the payment for the model's answer on it.
   *
   * @param name of the build
   * @param options the sample, the payment, and its terms
   * @returns the job's id, and the file that the provider needs. It holds the input: send it privately
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { jobId, file } = await hre.torch2circom.request("iris", {
   *   samples: "iris.npz",
   *   amount: "0.01",
   *   seconds: 600,
   *   account: 1,
   * });
   * console.log(jobId, file);
   * ```
   */
  request(name: string, options: RequestOptions): Promise<RequestResult>;

  /**
   * Proves the answer that a job asks for, and collects the payment for the account.
   *
   * @param job id of the job, or path of its file
   * @param options the account that is paid
   * @returns the answer and the transaction
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01", account: 1 });
   * const { outputs } = await hre.torch2circom.fulfill(file, { account: 2 });
   * console.log(outputs[0].values);
   * ```
   */
  fulfill(job: string, options?: AccountOptions): Promise<FulfillResult>;

  /**
   * Returns a job's payment to its client: after the deadline, or at any time if its provider asks for it.
   *
   * @param job id of the job, or path of its file
   * @param options the account that sends the transaction
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const [, , provider] = await (await hre.network.getOrCreate()).ethers.getSigners();
   * const { jobId } = await hre.torch2circom.request("iris", {
   *   samples: "iris.npz",
   *   amount: "0.01",
   *   provider: provider.address,
   * });
   * await hre.torch2circom.refund(jobId, { account: 2 }); // the provider declines
   * ```
   */
  refund(job: string, options?: AccountOptions): Promise<Receipt>;

  /**
   * Pays out the balance of an account in the escrow.
   *
   * @param options the account, the token (default: the native one), and the recipient (default: the account)
   * @returns the amount, in wei or in the token's units, and the transaction
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { jobId } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01", account: 1 });
   * await hre.torch2circom.fulfill(jobId, { account: 2 });
   * const { amount } = await hre.torch2circom.withdraw({ account: 2 });
   * console.log(amount);
   * ```
   */
  withdraw(options?: AccountOptions & { token?: string; to?: string }): Promise<Receipt & { amount: bigint }>;

  /**
   * Shows the state of a job, and its proven answer if there is one.
   *
   * @param job id of the job, or path of its file
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { jobId } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
   * const { status, fulfillBy } = await hre.torch2circom.status(jobId);
   * console.log(status, fulfillBy);
   * ```
   */
  status(job: string): Promise<StatusResult>;
}

/**
 * `hre.torch2circom`: what the tasks do, as functions. Tasks and functions have the same options, defaults and errors.
 * Every function throws a Torch2CircomError that says what to do.
 */
export interface Torch2CircomRuntime extends ModelMethods, PaymentMethods {}
