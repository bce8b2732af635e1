import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { ErrorCode } from "../../errors/codes.js";
import { HttpError, problemOf } from "../../errors/httpError.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Log } from "../log.js";

/** Of the errors that clients cause, or can wait out. All others are the service's. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  INVALID_ARGUMENT: 400,
  MODEL_NOT_FOUND: 404,
  INPUT_INVALID: 422,
  JOB_NOT_FOUND: 404,
  DATABASE_UNAVAILABLE: 503,
  NETWORK_UNREACHABLE: 503,
  DISK_FULL: 507,
};

/** Seconds after which something that is away may be there again. */
const RETRY_AFTER = 5;

/** Answers an error with problem details (RFC 9457). Errors of the service itself are logged, and not told. */
export function answerError(log: Log) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const problem = problemOf(explained(error), STATUS, "The service");
    // Texts of errors from elsewhere can hold inputs, keys and addresses.
    if (problem.status >= 500)
      log({ route: request.routeOptions.url, status: problem.status, code: codeOf(error) }, "failed");
    if (problem.status === 503 || problem.status === 429)
      reply.header("retry-after", (error instanceof HttpError ? error.retryAfter : undefined) ?? RETRY_AFTER);
    // What is missing now may be there at the next look.
    reply.header("cache-control", "no-store").code(problem.status).type("application/problem+json");
    void reply.send(JSON.stringify(problem));
  };
}

/** What Fastify refuses by itself, in our words: its own quote what was sent. */
function explained(error: FastifyError): Error {
  if (error instanceof Torch2CircomError) return error;
  if (error.validation !== undefined) {
    const [first] = error.validation;
    const place = `${error.validationContext ?? "request"}${first.instancePath.replaceAll("/", ".")}`.slice(
      0,
      200,
    );
    return new HttpError(
      400,
      `${place}: ${(first.message ?? "it is not valid").slice(0, 200)}`,
      "See /openapi.json.",
    );
  }
  const { statusCode = 500 } = error;
  if (statusCode >= 500) return error;
  const [problem, remedy] = WORDS[statusCode] ?? ["The request cannot be read", "See /openapi.json."];
  return new HttpError(statusCode, problem, remedy, statusCode === 429 ? "BUILD_BUSY" : "INVALID_ARGUMENT");
}

const WORDS: Readonly<Record<number, readonly [problem: string, remedy: string]>> = {
  400: ["The body is not JSON", "Send JSON; numbers are finite, and no key is __proto__."],
  413: ["The body is larger than any model's input", "Send one input of the model."],
  415: ["The body has a type that is not read here", "Send content-type: application/json."],
  429: ["You ask too often", "Wait as long as Retry-After says."],
};

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code.slice(0, 50) : error.name.slice(0, 50);
}
