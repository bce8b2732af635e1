import { Torch2CircomError } from "../errors/torch2circomError.js";

/** Why a key or a contribution is refused. Users get it as a step of a verification, or as a `Torch2CircomError`. */
export class Refused extends Error {}

/** @throws Refused unless the condition holds */
export function need(holds: boolean, why: string): asserts holds {
  if (!holds) throw new Refused(why);
}

const REMEDY = "Get the key again from its source, or go back to the last key that verifies.";

/**
 * The work's result, with what it refuses as an error for users.
 *
 * @param path of the key, for the message.
 * @throws Torch2CircomError with the code KEY_INVALID if the work refuses the key.
 */
export function orKeyError<Result>(path: string, work: () => Result, remedy = REMEDY): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refused ? keyError(path, error, remedy) : error;
  }
}

export function keyError(path: string, cause: Refused, remedy = REMEDY): Torch2CircomError {
  return new Torch2CircomError("KEY_INVALID", `The key ${path} is refused: ${cause.message}`, remedy, cause);
}
