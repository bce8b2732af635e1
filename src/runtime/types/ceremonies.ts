import type { AuditStep } from "../../audit/steps.js";
import type { ServeParameters, Serving } from "../../ceremony/server/serve.js";
import type { Transcript } from "../../ceremony/transcript.js";
import type { Progress } from "../../progress/progress.js";

/** The ceremony of one circuit of a build: its own, a batch's or a segment's. */
export interface CircuitCeremony {
  /** The build's name, and of a further circuit its folder's. */
  readonly circuit: string;
  /** The ceremony's folder. */
  readonly folder: string;
  /** The key for the next contribution. */
  readonly key: string;
  readonly transcript: Transcript;
}

export interface CircuitSteps {
  readonly circuit: string;
  readonly steps: readonly AuditStep[];
}

export interface InitOptions {
  /** Path of prepared powers of tau. @default the configuration's */
  readonly ptau?: string;
  /** The sha256 that the file must have. @default any: the powers are verified, which can take minutes */
  readonly ptauSha256?: string;
  readonly progress?: Progress;
}

export interface ContributeOptions {
  /** Files with contributions that were made elsewhere, one for each circuit. @default none: contribute on this machine */
  readonly from?: readonly string[];
  /** What the contributor on this machine wants to be called. @default "anonymous" */
  readonly name?: string;
  /** What the contributor typed, mixed with the system's randomness. */
  readonly typed?: string;
  readonly progress?: Progress;
}

export interface BeaconOptions {
  /** Announce public randomness of the future instead of using what was announced. */
  readonly announce?: {
    /** A round of drand's quicknet. @default the first after `seconds` */
    readonly round?: number;
    /** Seconds from now. @default an hour */
    readonly seconds?: number;
    /** Instead of a round: a block of the network, by its number. */
    readonly block?: number;
  };
  /** A relay of drand. @default the public ones */
  readonly relay?: string;
  /** The round's signature as a relay prints it, for a machine without a network. */
  readonly signature?: string;
  readonly progress?: Progress;
}

export interface VerifyCeremonyOptions extends InitOptions {
  /** Hashes of contributions that somebody vouches for. */
  readonly attested?: readonly string[];
}

/** How a coordinator is served. */
export type ServeOptions = Omit<ServeParameters, "name" | "circuits" | "folder" | "clock">;

/** Methods of a trusted setup with many contributors, by files or over HTTP. */
export interface CeremonyMethods {
  /**
   * Begins a ceremony for each key of a build that has none: makes keys without contributions.
   *
   * @param name of the build
   * @param options the powers of tau
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const ceremonies = await hre.torch2circom.ceremony.init("iris", { ptau: "powers.ptau" });
   * console.log(ceremonies.map(({ key }) => key));
   * ```
   */
  init(name: string, options?: InitOptions): Promise<CircuitCeremony[]>;

  /**
   * Contributes on this machine to each key of a build, or takes in contributions that were made elsewhere.
   *
   * @param name of the build
   * @param options the contributor, or the files
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const [{ transcript }] = await hre.torch2circom.ceremony.contribute("iris", { name: "provider" });
   * console.log(transcript.contributions.at(-1)?.hash);
   * ```
   */
  contribute(name: string, options?: ContributeOptions): Promise<CircuitCeremony[]>;

  /**
   * Checks each ceremony of a build: the transcript, and the key by two verifiers that share no code.
   *
   * @param name of the build
   * @param options powers of tau, and hashes of contributions that somebody vouches for
   * @returns the steps for each circuit
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const checked = await hre.torch2circom.ceremony.verify("iris", { ptau: "powers.ptau" });
   * console.log(checked.flatMap(({ steps }) => steps.filter(({ state }) => state === "failed")));
   * ```
   */
  verify(name: string, options?: VerifyCeremonyOptions): Promise<CircuitSteps[]>;

  /**
   * Announces public randomness of the future, before the last contribution; or makes the last contribution of it once it
   * is known.
   *
   * @param name of the build
   * @param options what to announce, or where the randomness is from
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const [{ transcript }] = await hre.torch2circom.ceremony.beacon("iris", { announce: { seconds: 7200 } });
   * console.log(transcript.announcements[0].due);
   * ```
   */
  beacon(name: string, options?: BeaconOptions): Promise<CircuitCeremony[]>;

  /**
   * Verifies the ceremonies of a build and makes their keys the build's.
   *
   * @param name of the build
   * @param options the powers of tau
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * await hre.torch2circom.ceremony.finalize("iris", { ptau: "powers.ptau" });
   * console.log((await hre.torch2circom.manifest("iris")).setup);
   * ```
   */
  finalize(name: string, options?: InitOptions): Promise<CircuitCeremony[]>;

  /**
   * Reads the ceremonies of a build.
   *
   * @param name of the build
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * for (const { transcript } of await hre.torch2circom.ceremony.transcript("iris")) console.log(transcript.head);
   * ```
   */
  transcript(name: string): Promise<CircuitCeremony[]>;

  /**
   * Coordinates the ceremonies of a build over HTTP, one contributor after the other, until it is closed. Whatever it is
   * interrupted in, the ceremonies stay at their last verified keys.
   *
   * @param name of the build
   * @param options where to listen, and how much time contributors have
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const coordinator = await hre.torch2circom.ceremony.serve("iris", { port: 0 });
   * console.log(`npx torch2circom contribute ${coordinator.url}`);
   * await coordinator.close();
   * ```
   */
  serve(name: string, options?: ServeOptions): Promise<Serving>;

  /**
   * Makes invitations, each for one contribution to each circuit. From the first one on, nobody contributes over HTTP without.
   *
   * @param name of the build
   * @param options how many: 1 to 1,000, one by default
   * @returns the words of the invitations, of which only hashes are kept
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const [invitation] = await hre.torch2circom.ceremony.invite("iris", { count: 1 });
   * console.log(invitation);
   * ```
   */
  invite(name: string, options?: { readonly count?: number }): Promise<string[]>;
}
