import type { ServerResponse } from "node:http";
import { sep } from "node:path";
import type { ErrorCode } from "../../errors/codes.js";
import { problemOf as problemFor, type Problem } from "../../errors/httpError.js";

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
  const problem = problemFor(error, STATUS, "The coordinator");
  const shown = (text: string) => (folder === "" ? text : text.replaceAll(`${folder}${sep}`, ""));
  return { ...problem, detail: shown(problem.detail), remedy: shown(problem.remedy) };
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
