import { STATUS_CODES, type ServerResponse } from "node:http";
import { sep } from "node:path";
import type { ErrorCode } from "../../errors/codes.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Problem } from "../remote/protocol.js";

/** An error with a status of its own. */
export class HttpError extends Torch2CircomError {
  override readonly name = "HttpError";

  constructor(
    readonly status: number,
    problem: string,
    remedy: string,
    code: ErrorCode = "INVALID_ARGUMENT",
  ) {
    super(code, problem, remedy);
  }
}

/** Of the errors that contributors cause. All others are the coordinator's. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  INVALID_ARGUMENT: 400,
  INVITATION_INVALID: 403,
  CEREMONY_INVALID: 409,
  BEACON_INVALID: 409,
  TURN_LOST: 410,
  KEY_INVALID: 422,
  BUILD_BUSY: 503,
  DISK_FULL: 507,
};

/**
 * What an error is for a contributor: paths and stack traces stay here.
 *
 * @param folder of the ceremonies, which is left out of what is said
 */
export function problemOf(error: unknown, folder = ""): Problem {
  const known = error instanceof Torch2CircomError ? error : undefined;
  const status = known instanceof HttpError ? known.status : known && STATUS[known.code];
  if (known === undefined || status === undefined)
    return problem(
      500,
      "UNEXPECTED",
      "The coordinator has failed",
      "Try again; if it stays, tell its operator.",
    );
  const shown = (text: string) => (folder === "" ? text : text.replaceAll(`${folder}${sep}`, ""));
  return problem(status, known.code, shown(known.problem), shown(known.remedy));
}

function problem(status: number, code: ErrorCode, detail: string, remedy: string): Problem {
  return { status, title: STATUS_CODES[status] ?? "Error", detail, code, remedy };
}

/** Answers with problem details. An upload of which the body is not read ends with the connection. */
export function sendProblem(response: ServerResponse, answer: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const text = JSON.stringify(answer);
  response.writeHead(answer.status, {
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...(answer.status === 429 || answer.status === 503 ? { "retry-after": "5" } : {}),
    ...(response.req.complete ? {} : { connection: "close" }),
  });
  response.end(text);
}
