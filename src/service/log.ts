import { ERROR_CODES, type ErrorCode } from "../errors/codes.js";
import { oneLine } from "../errors/oneLine.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { isDatabaseGone } from "./database/database.js";

/** Takes one line of the log: what it is about, by name, and what happened. No input, salt or key is ever given to it. */
export type Log = (
  fields: Readonly<Record<string, string | number | boolean | undefined>>,
  message: string,
) => void;

/** What may be written down of an error. */
export interface Problem {
  readonly code: ErrorCode;
  /** One line; it quotes nothing of a job's input. */
  readonly problem: string;
}

/** Codes of which the text may quote an input. */
const QUOTING: readonly ErrorCode[] = ["INPUT_INVALID", "JOB_DAMAGED", "INTERNAL_CHECK_FAILED", "UNEXPECTED"];

/** The words for an error: its own where they are this package's and safe, those of its code otherwise. */
export function problemOf(error: unknown): Problem {
  const known = error instanceof Torch2CircomError ? error : undefined;
  const code = known?.code ?? (isDatabaseGone(error) ? "DATABASE_UNAVAILABLE" : "UNEXPECTED");
  const isSafe = known !== undefined && !QUOTING.includes(code);
  return { code, problem: isSafe ? oneLine(known.problem) : ERROR_CODES[code] };
}
