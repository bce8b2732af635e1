import type { AuditStep } from "../../audit/steps.js";
import type { Progress } from "../../progress/progress.js";

export interface AuditOptions {
  /** The model's file. @default the configuration's, or the bundle's */
  readonly model?: string;
  /** Powers of tau, and the sha256 of the file. @default the configuration's */
  readonly ptau?: string;
  readonly ptauSha256?: string;
  /** Hashes of contributions that have to be there, such as one's own. */
  readonly attested?: readonly string[];
  /** The fewest contributions that are enough. @default 1 */
  readonly minContributions?: number;
  /** Whether to look at the network's registry and escrow, too. @default false */
  readonly onChain?: boolean;
  /** The id that the model should have. */
  readonly modelId?: string;
  /** Address of a deployed Solidity verifier, which has to be this build's. */
  readonly verifier?: string;
  /** Whether to compile each circuit whole with circom, and compare. @default true */
  readonly compile?: boolean;
  readonly progress?: Progress;
}

export interface AuditResult {
  /** The build's name. */
  readonly name: string;
  /** The id under which a registry has the model, by its keys and hashes. */
  readonly modelId?: string;
  /** Whether every step has passed. What was skipped shows nothing. */
  readonly passed: boolean;
  readonly steps: readonly AuditStep[];
}

export interface Bundle {
  readonly path: string;
  /** sha256 of the bundle. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Methods by which nobody has to take a key on faith. */
export interface AuditMethods {
  /**
   * Audits a build: makes program and circuit again from model file and recipe, verifies the key by two programs, and checks
   * the ceremony, the model's id, and with `onChain` registry, escrow and registration.
   *
   * @param target name of a build, path of a manifest, or path of a bundle
   * @param options what to compare with
   * @returns all steps; a step that cannot be done is skipped, with the reason
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { passed, steps } = await hre.torch2circom.audit("iris", { ptau: "powers.ptau", compile: false });
   * console.log(passed, steps.filter(({ state }) => state !== "passed"));
   * ```
   */
  audit(target: string, options?: AuditOptions): Promise<AuditResult>;

  /**
   * Writes one archive with all that an audit of a build needs, for anybody who does not have this project.
   *
   * @param name of the build
   * @param options where to, and the model's file
   * @returns the archive, and its hash to publish
   * @example
   * ```ts
   * import hre from "hardhat";
   *
   * const { sha256 } = await hre.torch2circom.bundle("iris", { model: "iris.pt2", out: "iris.tgz" });
   * console.log(sha256);
   * ```
   */
  bundle(name: string, options?: { readonly model?: string; readonly out?: string }): Promise<Bundle>;
}
