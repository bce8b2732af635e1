import type { Manifest } from "../../artifacts/manifest.js";
import type { AttackReport } from "../../attack/types.js";
import type { PowersOfTau } from "../../phase1/source.js";
import type { BuildResult } from "../../pipeline/buildModel.js";
import type { BuildEstimate } from "../../pipeline/estimateBuild.js";
import type { CalibrateOptions, Calibrated } from "../../search/calibrateBits.js";
import type {
  AttackOptions,
  BuildOptions,
  EstimateOptions,
  HeldOutOptions,
  InspectOptions,
  ModelOptions,
  PowersOfTauOptions,
  ProveSegmentsOptions,
  SampleOptions,
  SizeOptions,
} from "./options.js";
import type {
  FileEvaluation,
  Inspection,
  Listing,
  ProofResult,
  ProvenSegmentsResult,
  ReportPage,
  VerifyResult,
} from "./results.js";

/** A prover of one model, that stays ready: see {@link ModelMethods.prover}. */
export interface ModelProver extends AsyncDisposable {
  /** What makes the proofs: rapidsnark where it is configured or found, else the engine of this package ("warm"). */
  readonly name: "snarkjs" | "rapidsnark" | "warm";

  /** Makes a proof, as {@link ModelMethods.prove} does. A proof waits for the one before: each takes all cores. */
  prove(options?: SampleOptions | { job: string; payee: string }): Promise<ProofResult>;

  /** Verifies a proof off chain, as {@link ModelMethods.verify} does. */
  verify(proof: Pick<ProofResult, "proof" | "publicSignals" | "opening">): Promise<VerifyResult>;

  /** Ends the processes. A later proof starts them again. */
  close(): Promise<void>;
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
   * Says what a build of a model takes on this machine, and its proofs. Links the circuit, and writes nothing but the cache.
   *
   * @param model path of a `.pt2` or `.onnx` file, or the name of a model in the configuration
   * @param options samples for the numbers of a build, bit widths, and what a proof shows
   * @returns rows, wires and terms exactly; bytes of key, disk and memory; seconds of each stage; public signals and gas
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { system, keyBytes, stages } = await hre.torch2circom.estimate("iris.pt2", { samples: "iris.npz" });
   * console.log(system.nonlinear + system.linear, keyBytes, stages.key.seconds);
   * ```
   */
  estimate(model: string, options?: EstimateOptions): Promise<BuildEstimate>;

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
   * Finds the bit widths with the fewest constraints within a loss of accuracy. Makes no circuit; the choices are kept for
   * the report of a build of that name.
   *
   * @param model path of a `.pt2` or `.onnx` file, or the name of a model in the configuration
   * @param samples path of typical inputs, by default the configuration's; one in four is held out by default, and only confirms the choice
   * @param options the loss in points that is allowed, the share of samples that is held out, seconds after which the
   *   search ends with what it has, and sizes of open axes
   * @returns the best choice, and the Pareto front to choose from: bits, rows, domain, score and loss of each point
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
    options: CalibrateOptions & HeldOutOptions & SizeOptions,
  ): Promise<Calibrated>;

  /**
   * Makes circuit, keys, Solidity verifier, manifest and report, also as a page. Unchanged stages are cached.
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
   * Gets powers of tau as a build takes them, ahead of it, and checks them. A download is done once for all projects.
   *
   * @param power for circuits of up to 2^power rows, from 1 to 28: see {@link ModelMethods.estimate}
   * @param options which file, if not the configuration's
   * @returns where the file is, its power and its hashes
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const own = { ptau: "powers_17.ptau" }; // without it: the file of a public ceremony
   * const file = await hre.torch2circom.powersOfTau(17, own).catch((error: Error) => console.log(error.message));
   * console.log(file?.path, file?.sha256);
   * ```
   */
  powersOfTau(power: number, options?: PowersOfTauOptions): Promise<PowersOfTau>;

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
   * Draws the report of a build as a page, `report.html` in its folder: again after a build, or with what a later calibration
   * has found.
   *
   * @param name of the build
   * @returns where the page is, its headline numbers, and what each of its figures shows
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { file, findings } = await hre.torch2circom.report("iris");
   * console.log(file, findings);
   * ```
   */
  report(name: string): Promise<ReportPage>;

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
   * Proves segments of a job, of a model that is built in segments. Proofs go into the job's file as they are made, with the
   * secrets that all of them share: give the file to other machines once it has them, and `fulfill` the files that come back.
   *
   * @param name of the build
   * @param options the job, the address that is to be paid, and which segments
   * @returns the job's file, and which segments are proven
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
   * const [provider] = await (await hre.network.getOrCreate()).ethers.getSigners();
   * const work = { job: file, payee: provider.address, segments: [1] };
   * await hre.torch2circom.proveSegments("iris", work).catch((error: Error) => console.log(error.message));
   * ```
   */
  proveSegments(name: string, options: ProveSegmentsOptions): Promise<ProvenSegmentsResult>;

  /**
   * A prover of one model for many proofs: model, curve and processes stay ready until it is closed.
   *
   * @param name of the build
   * @returns the prover that the configuration names; close it, or declare it with `await using`
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const prover = await hre.torch2circom.prover("iris");
   * for (const index of [0, 1, 2]) console.log((await prover.prove({ samples: "iris.npz", index })).outputs[0].values);
   * await prover.close();
   * ```
   */
  prover(name: string): Promise<ModelProver>;

  /**
   * Verifies a proof.
   *
   * @param name of the build
   * @param proof what {@link ModelMethods.prove} returned
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
   * Lists the builds of the project.
   *
   * @returns the builds, and the manifests that cannot be read
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { builds } = await hre.torch2circom.list();
   * console.log(builds.map(({ name, setup }) => [name, setup]));
   * ```
   */
  list(): Promise<Listing>;
}
