import { Torch2CircomError } from "../errors/torch2circomError.js";

const REMEDY = "Build the model again.";

export function otherCircuit(zkey: string, cause?: Error): Torch2CircomError {
  return new Torch2CircomError(
    "KEY_INVALID",
    `The proving key ${zkey} is for another circuit`,
    REMEDY,
    cause,
  );
}

export function unusableKey(zkey: string, why: string, cause?: Error): Torch2CircomError {
  return new Torch2CircomError(
    "KEY_INVALID",
    `The proving key ${zkey} cannot be used (${why})`,
    REMEDY,
    cause,
  );
}

export function unverifiedProof(zkey: string): Torch2CircomError {
  return new Torch2CircomError(
    "KEY_INVALID",
    `The proving key ${zkey} gives a proof that does not verify`,
    "Keys and circuit do not belong together: build the model again.",
  );
}
