import type { ErrorCode } from "./codes.js";

/**
 * The one error that users meet: what went wrong and where, then what to do about it. Programs read `code`.
 *
 * @example
 * ```ts
 * import { jobState, Torch2CircomError } from "torch2circom/client";
 *
 * try {
 *   await jobState(contracts, "0x00");
 * } catch (error) {
 *   if (error instanceof Torch2CircomError && error.code === "CONTRACT_REFUSED") console.log(error.remedy);
 * }
 * ```
 */
export class Torch2CircomError extends Error {
  override readonly name: string = "Torch2CircomError";

  /**
   * @param code the kind of problem, a key of {@link ERROR_CODES}
   * @param problem what went wrong and where, without a final full stop
   * @param remedy what to do, one sentence
   * @param cause the error that this one explains
   */
  constructor(
    readonly code: ErrorCode,
    readonly problem: string,
    readonly remedy: string,
    cause?: Error,
  ) {
    super(`${problem}.\n  ${remedy}`, { cause });
  }
}
