import { createProgress } from "../../src/progress/progress.js";
import type { InitOptions } from "../../src/runtime/types.js";

/** The arguments of every task of a ceremony that reads powers of tau. */
export interface PowersOfTauArguments {
  model: string;
  ptau?: string;
  ptauSha256?: string;
  json: boolean;
}

/** Where the powers are from; progress goes to stderr. */
export function powersOfTauOptions({ ptau, ptauSha256, json }: PowersOfTauArguments): InitOptions {
  return { ptau, ptauSha256, progress: createProgress({ silent: json }) };
}
