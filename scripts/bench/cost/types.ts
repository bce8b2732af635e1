/** Parts of a build and a proof that are measured, in their order. */
export const BUILD_STAGES = [
  "import",
  "quantize",
  "second opinion",
  "link, cold",
  "link, warm",
  "circom",
  "key",
  "witness",
  "snarkjs",
  "snarkjs, warm",
  "rapidsnark",
  "file to key",
] as const;

/** What a ceremony begins with, its steps and its audit, in their order. */
export const TRUST_STAGES = [
  "before init",
  "init",
  "contribute",
  "take in",
  "verify, own",
  "verify, snarkjs",
  "finalize",
  "audit",
] as const;

export const STAGES = [...BUILD_STAGES, ...TRUST_STAGES];

export type StageName = (typeof STAGES)[number];

/** What a stage works on. */
export interface StageParameters {
  /** The model file and its samples. */
  readonly source: string;
  readonly samples: string;
  /** Folder of all that stages make. */
  readonly folder: string;
  /** Of weights, activations and inputs. @default those that a build finds */
  readonly bits?: number;
  /** What is proven of the model. @default one job by one circuit */
  readonly part?: Part;
}

/** About so many jobs at once, each with all of the model; or one of so many segments, of which 1 is the first. */
export type Part = { readonly jobs: number } | { readonly segment: number; readonly of: number };

/** Figures of the model that a stage gets to know. */
export interface Facts {
  readonly weights?: number;
  /** Rows of a proof's domain that are used, and the domain's power of two. */
  readonly rows?: number;
  readonly power?: number;
  /** Entries of the rows that are not 0. */
  readonly terms?: number;
  /** Jobs of one proof. @default 1 */
  readonly jobs?: number;
  /** Of the proving key. */
  readonly keyBytes?: number;
}

/** One run of a stage in a process of its own. */
export interface Run {
  /** User and system time of all processes, from when the stage has read what it needs. */
  readonly cpu: number;
  /** Wall-clock time, likewise. */
  readonly seconds: number;
  /** Peak of resident memory of all processes, what the stage has read included. */
  readonly megabytes: number;
  /** Why the stage did not end well, where that is a result: it ran out of memory. */
  readonly failed?: string;
}

/** What the process of a stage prints. */
export type Outcome = Omit<Run, "megabytes"> & { readonly facts: Facts };

/** Reads what a stage needs, and returns the stage itself, which is measured. */
export type Prepare = (parameters: StageParameters) => Promise<() => Promise<Facts>>;

/** A stage that tells no figures of the model. */
export const silent = (work: () => Promise<unknown>) => async (): Promise<Facts> => {
  await work();
  return {};
};
