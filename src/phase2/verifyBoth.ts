import type { KeyVerification, StepName } from "./checkKey.js";
import { snarkjsVerify } from "./snarkjsVerify.js";
import type { SnarkjsVerification } from "./snarkjsVerifyThread.js";
import { verifyKey, type VerifyKeyParameters } from "./verifyKey.js";

export interface VerifyBothReturnType {
  /** Whether both accept. */
  readonly ok: boolean;
  readonly own: KeyVerification;
  /** Missing if the files are not in form, or the chain of contributions is refused: snarkjs does not read such. */
  readonly snarkjs?: SnarkjsVerification;
}

const BEFORE_SNARKJS: readonly StepName[] = ["file", "circuit", "powers of tau", "contributions"];

/**
 * Verifies a key twice: by {@link verifyKey}, then by snarkjs, which shares no code with it but the compiled
 * arithmetic. A key is good if both accept it.
 *
 * @param parameters as of {@link verifyKey}; its progress is of the first verification.
 * @throws Torch2CircomError if a file cannot be read, or the circuit is damaged.
 */
export async function verifyBoth(parameters: VerifyKeyParameters): Promise<VerifyBothReturnType> {
  const own = await verifyKey(parameters);
  const isSafe = BEFORE_SNARKJS.every((name) => own.steps.some((step) => step.name === name && step.ok));
  if (!isSafe) return { ok: false, own };
  const { r1cs, ptau, zkey } = parameters;
  const snarkjs = await snarkjsVerify({ r1cs, ptau, zkey });
  return { ok: own.ok && snarkjs.ok, own, snarkjs };
}
