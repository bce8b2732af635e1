import { HardhatPluginError } from "hardhat/plugins";
import type { ErrorCode } from "../errors/codes.js";
import { explainNetwork } from "../errors/networkErrors.js";
import { oneLine } from "../errors/oneLine.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";

/** A {@link Torch2CircomError} as Hardhat knows it: printed without a stack trace, with exit code 1. */
export class Torch2CircomPluginError extends HardhatPluginError {
  readonly code: ErrorCode;
  readonly problem: string;
  readonly remedy: string;

  constructor(error: Torch2CircomError) {
    super("torch2circom", plain(error.message), error);
    this.code = error.code;
    this.problem = error.problem;
    this.remedy = error.remedy;
  }
}

/** Lines without what could draw over them in a terminal: strangers' names and words may be in there. */
function plain(text: string): string {
  return text.replace(/[^\n\t]+/g, oneLine);
}

/** What Hardhat is to get of an error: the plugin's own wrapped, a network's explained, any other as it is. */
export function asPluginError(error: unknown): unknown {
  const explained = explainNetwork(error);
  return explained instanceof Torch2CircomError ? new Torch2CircomPluginError(explained) : error;
}

/** Runs `work`; a {@link Torch2CircomError} that it throws becomes one that Hardhat knows. */
export async function withPluginErrors<Result>(work: () => Promise<Result> | Result): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw asPluginError(error);
  }
}
