import { STATUS_CODES } from "node:http";
import type { ErrorCode } from "./codes.js";
import { Torch2CircomError } from "./torch2circomError.js";

/** What a server answers where it cannot do what it was asked for: problem details (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly remedy: string;
}

/** An error with a status of its own. */
export class HttpError extends Torch2CircomError {
  override readonly name = "HttpError";

  /** @param retryAfter seconds after which it may be otherwise */
  constructor(
    readonly status: number,
    problem: string,
    remedy: string,
    code: ErrorCode = "INVALID_ARGUMENT",
    readonly retryAfter?: number,
  ) {
    super(code, problem, remedy);
  }
}

/**
 * What an error is for somebody who asked: those that have a status, in their words; of all others nothing is said, since
 * paths, keys and inputs could be in them.
 *
 * @param error whatever was thrown
 * @param statuses of the errors that who asks can mend
 * @param who failed otherwise: "The coordinator"
 */
export function problemOf(
  error: unknown,
  statuses: Partial<Record<ErrorCode, number>>,
  who: string,
): Problem {
  const known = error instanceof Torch2CircomError ? error : undefined;
  const status = known instanceof HttpError ? known.status : known && statuses[known.code];
  if (known === undefined || status === undefined)
    return {
      status: 500,
      title: titleOf(500),
      detail: `${who} has failed`,
      code: "UNEXPECTED",
      remedy: "Try again; if it stays, tell its operator.",
    };
  return { status, title: titleOf(status), detail: known.problem, code: known.code, remedy: known.remedy };
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? "Error";
}
