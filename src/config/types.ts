import type { SensitiveString } from "hardhat/types/config";
import type { PtauSource } from "../phase1/source.js";
import type { InputMode, ShownOutput, WeightMode } from "../program/modes.js";

/** A model that the project builds, as the user writes it. Paths are relative to the project. */
export interface ModelUserConfig {
  /** The model's file, `.pt2` or `.onnx`. */
  source: string;
  /** Calibration samples: `.npz`, `.npy`, `.json`, or a folder. @default none: they are given on the command line */
  samples?: string;
  /** Names of features, classes and tokens, for people: a JSON file. @default those that the samples have */
  card?: string;
  /** Sizes of axes that the file leaves open, by their names. @default 1 for a batch, else as in the export's example */
  sizes?: Record<string, number>;
  /** Bits of an input. @default 8, or as many more as the model needs to keep its accuracy */
  inputBits?: number;
  /** Bits of a weight, with sign. @default 8, or as many more as the model needs to keep its accuracy */
  weightBits?: number;
  /** Bits of an activation. @default 8, or as many more as the model needs to keep its accuracy */
  activationBits?: number;
  /** The samples by whose values ranges are chosen, in per cent: beyond, activations are saturated. @default 100 */
  percentile?: number;
  /** Layers with bits of their own, as `torch2circom:calibrate` prints them. @default none */
  layers?: Record<string, { weightBits?: number; activationBits?: number }>;
  /**
   * Whether a proof shows a commitment to the input; that, and an evaluation by which a contract that has the input in
   * calldata knows it again; or the input itself. @default "committed"
   */
  input?: InputMode;
  /**
   * Share of its range, from 0 to 1, by which an output may be off on the samples: a build that is further off is refused.
   * @default any, with a notice
   */
  maxError?: number;
  /** Address of the provider who alone can be paid for this model's answers. @default whoever proves first */
  provider?: string;
  /**
   * What the service asks for an answer: "0.001" in the native token, "1.5 0x…" in whole tokens of an ERC-20 token.
   * @default none: they are given to `torch2circom:serve`
   */
  prices?: string[];
  /** Into how many segments the model is cut, or into segments of how many rows. @default none: one circuit proves it */
  segments?: number | "auto" | { rows: number };
  /** Numbers of jobs that can be proven at once, each by a key of its own. @default none: each job has its own proof */
  batch?: number[];
  /** Whether weights are constants of the circuit, or the prover's secret with a public commitment. @default "public" */
  weights?: WeightMode;
  /**
   * Whether a proof shows the outputs; the index of the greatest; a commitment to the outputs, one signal however many they
   * are, which the provider opens; or the outputs encrypted, for who knows the input's salt. @default "public"
   */
  output?: ShownOutput;
}

/** `torch2circom` in `hardhat.config.ts`. */
export interface Torch2CircomUserConfig {
  /** Models by name. @default {} */
  models?: Record<string, ModelUserConfig>;
  /** Folder of the builds, relative to the project. @default "torch2circom" */
  outDir?: string;
  /** Folder of the jobs' files, relative to the project: no command deletes it, and git ignores it. @default "torch2circom-jobs" */
  jobsDir?: string;
  /**
   * Folder of what builds can share and get again: compiled gadgets, powers of tau. @default the user's cache, `~/.cache/torch2circom`
   * under Linux
   */
  cacheDir?: string;
  /** What makes proofs. @default rapidsnark, if its path is given or it is on the PATH by that name; else snarkjs */
  prover?: "snarkjs" | "rapidsnark";
  /** Path of rapidsnark's `prover`, relative to the project. @default `rapidsnark` on the PATH */
  rapidsnark?: string;
  /** @default "wasm" */
  circom?: "wasm";
  /**
   * Powers of tau: "hermez" for the smallest file of that public ceremony which serves the circuits; a prepared file, with
   * the sha256 that it must have, or without one to have its powers verified; or the url of one. Files are downloaded once,
   * into the folder `ptau` of the cache. @default none: a development setup, marked as such
   */
  ptau?: "hermez" | { path: string; sha256?: string } | { url: string; sha256: string };
  /**
   * What shows the service's metrics to other machines, of at least 32 characters: `configVariable("OPERATOR_TOKEN")`. @default
   * none: they are shown on the service's machine alone
   */
  operatorToken?: SensitiveString;
}

/** A model with all defaults; paths are absolute. */
export interface ModelConfig {
  readonly name: string;
  readonly source: string;
  readonly samples?: string;
  readonly card?: string;
  readonly sizes?: Readonly<Record<string, number>>;
  /** Undefined: 8, or as many more as the model needs for its accuracy. */
  readonly inputBits?: number;
  readonly weightBits?: number;
  readonly activationBits?: number;
  readonly percentile?: number;
  readonly maxError?: number;
  readonly provider?: string;
  readonly prices?: readonly string[];
  readonly batch?: readonly number[];
  readonly segments?: number | "auto" | { readonly rows: number };
  readonly layers?: Readonly<
    Record<string, { readonly weightBits?: number; readonly activationBits?: number }>
  >;
  readonly input: InputMode;
  readonly weights: WeightMode;
  readonly output: ShownOutput;
}

/** `hre.config.torch2circom`. Paths are absolute. */
export interface Torch2CircomConfig {
  readonly models: Readonly<Record<string, ModelConfig>>;
  /** Folder of the builds: `<outDir>/<model>/manifest.json`, and so on. */
  readonly outDir: string;
  /** Folder of the jobs' files: `<jobsDir>/<job id>.json`. */
  readonly jobsDir: string;
  /** Folder of what builds can share and make again. */
  readonly cacheDir: string;
  /** Undefined: rapidsnark, if it is there. */
  readonly prover?: "snarkjs" | "rapidsnark";
  readonly rapidsnark?: string;
  readonly circom: "wasm";
  readonly ptau?: PtauSource;
  /** Shows the service's metrics to who has it. */
  readonly operatorToken?: { get(): Promise<string> };
}
