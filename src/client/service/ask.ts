import * as v from "valibot";
import { toUtf8String } from "ethers";
import { readBounded } from "../../download/fetchBytes.js";
import { ERROR_CODES, type ErrorCode } from "../../errors/codes.js";
import { describeIssue } from "../../errors/formIssue.js";
import { oneLine } from "../../errors/oneLine.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** Bytes of an answer, and milliseconds for it, at most. */
const [MOST_BYTES, TIMEOUT] = [2 ** 26, 60_000];

/** Problem details (RFC 9457), of which a stranger may have written anything. */
const problemForm = v.object({ detail: v.string(), code: v.string(), remedy: v.string() });

/** What a service refuses. */
export class ServiceRefusal extends Torch2CircomError {
  override readonly name = "ServiceRefusal";

  /**
   * @param status of HTTP
   * @param retryAfter seconds after which it may be otherwise, as the service says
   */
  constructor(
    code: ErrorCode,
    problem: string,
    remedy: string,
    readonly status: number,
    readonly retryAfter?: number,
  ) {
    super(code, problem, remedy);
  }
}

/** What is sent to a service. */
export interface Asking {
  /** Sent as JSON by POST. @default nothing, by GET */
  readonly body?: unknown;
  /** What shows a job to its client. */
  readonly ticket?: string;
  /** Milliseconds for the answer. @default 60000 */
  readonly timeout?: number;
}

/**
 * Asks a service, also in a browser.
 *
 * @param url of the service
 * @param path below it, beginning with "/"
 * @param form that the answer has to have
 * @param asking body and ticket
 * @throws Torch2CircomError where it cannot be reached, refuses, or answers otherwise
 */
export async function ask<Form extends v.GenericSchema>(
  url: string,
  path: string,
  form: Form,
  { body, ticket, timeout = TIMEOUT }: Asking = {},
): Promise<v.InferOutput<Form>> {
  const place = placeOf(url, path);
  const headers = {
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(ticket !== undefined && bearing(ticket)),
  };
  const { ok, status, text, retryAfter } = await fetchText(place, {
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    headers,
    signal: AbortSignal.timeout(timeout),
  });
  const value = parsed(text);
  if (!ok) throw refusal(status, value, retryAfter);
  const result = v.safeParse(form, value);
  if (result.success) return result.output;
  throw foreign(`it does not answer as a service does: ${describeIssue(result.issues[0])}`);
}

/** The address of a path of a service. */
export function placeOf(url: string, path: string): string {
  return url.replace(/\/+$/, "") + path;
}

/** The header that shows a job to its client. */
export function bearing(ticket: string) {
  return { authorization: `Bearer ${ticket}` };
}

/** What came back, whatever it is. */
interface Reply {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
  readonly retryAfter?: number;
}

async function fetchText(place: string, init: RequestInit): Promise<Reply> {
  try {
    const response = await fetch(place, init);
    const text = toUtf8String(await readBounded(response, MOST_BYTES));
    const after = response.headers.get("retry-after") ?? "";
    const { ok, status } = response;
    return { ok, status, text, ...(/^\d{1,5}$/.test(after) && { retryAfter: Number(after) }) };
  } catch (error) {
    throw new Torch2CircomError(
      "NETWORK_UNREACHABLE",
      `${oneLine(place)} does not answer: ${oneLine((error as Error).message)}`,
      "Check the address, and try again: nothing was paid by this request.",
      error as Error,
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(status: number, value: unknown, retryAfter?: number): Torch2CircomError {
  const problem = v.safeParse(problemForm, value);
  if (!problem.success) return foreign(`it answers with HTTP status ${status}`);
  const { code, detail, remedy } = problem.output;
  const known: ErrorCode = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : "UNEXPECTED";
  return new ServiceRefusal(
    known,
    `The service says: ${oneLine(detail)}`,
    oneLine(remedy),
    status,
    retryAfter,
  );
}

function foreign(why: string): Torch2CircomError {
  return new Torch2CircomError(
    "NODE_REFUSED",
    `The service cannot be understood: ${why}`,
    "Check the address.",
  );
}
