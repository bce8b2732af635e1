import { HardhatPluginError } from "hardhat/plugins";

/**
 * The one error that users meet: what went wrong and where, then what to do about it.
 * Hardhat prints its message without a stack trace and exits with 1.
 */
export class Torch2CircomError extends HardhatPluginError {
  /** @param problem what went wrong and where, without a final full stop. @param remedy what to do, one sentence. */
  constructor(
    readonly problem: string,
    readonly remedy: string,
    cause?: Error,
  ) {
    super("torch2circom", `${problem}.\n  ${remedy}`, cause);
  }
}
