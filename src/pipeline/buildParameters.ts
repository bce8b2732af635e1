import type { Card } from "../artifacts/cardForm.js";
import type { ModelPaths } from "../artifacts/paths.js";
import type { CircuitOptions } from "./integerModel.js";
import type { Trouble } from "../download/download.js";
import type { PtauSource } from "../phase1/source.js";
import type { SegmentsOption } from "./segments.js";

/** All that decides on a build. */
export interface BuildParameters extends CircuitOptions {
  readonly name: string;
  /** The model file and its calibration samples. */
  readonly source: string;
  readonly samples: string;
  /** Of axes that the model file leaves open, by their names. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Names for people. @default those that the samples have */
  readonly card?: Card;
  readonly paths: ModelPaths;
  /** Folder of the cache that all builds of a machine share. */
  readonly cacheDir: string;
  /** Path of the Solidity verifier to write. */
  readonly verifier: string;
  /** @default none: a development setup */
  readonly ptau?: PtauSource;
  /** How much trouble a download bears. */
  readonly downloads?: Trouble;
  /** Numbers of jobs that are to be proven at once, each by a circuit and a key of its own. @default none */
  readonly batch?: readonly number[];
  /** How the model is cut into segments, each with a circuit and a key of its own. @default not at all */
  readonly segments?: SegmentsOption;
  /** Whether a key that has a contribution or is registered may be replaced. @default false */
  readonly force?: boolean;
  /** Whether to go on where memory or disk would not suffice. @default false */
  readonly anyway?: boolean;
}
