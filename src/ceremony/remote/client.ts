import * as v from "valibot";
import { parseJson } from "../../artifacts/parseJson.js";
import { readBounded } from "../../download/fetchBytes.js";
import { ERROR_CODES, type ErrorCode } from "../../errors/codes.js";
import { describeIssue } from "../../errors/formIssue.js";
import { oneLine } from "../../errors/oneLine.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { parseTranscript, type Transcript } from "../transcript.js";
import {
  placeSchema,
  problemSchema,
  stateSchema,
  ticketSchema,
  type CeremonyState,
  type Place,
} from "./protocol.js";

/** Milliseconds until a small answer must be there. */
const ANSWER_TIME = 30_000;

/** Bytes of a small answer, and of a transcript. */
const [MOST_ANSWER_BYTES, MOST_TRANSCRIPT_BYTES] = [1_000_000, 16_000_000];

/** An answer of a coordinator that another attempt may mend: it is gone, or busy. */
export class Unavailable extends Torch2CircomError {
  override readonly name = "Unavailable";
}

/** A coordinator, as contributors talk to it, in Node and in browsers. */
export class CoordinatorClient {
  private readonly base: URL;

  /** @param url of the coordinator. @throws Torch2CircomError unless it is one of http */
  constructor(url: string) {
    this.base = baseOf(url);
  }

  async state(): Promise<CeremonyState> {
    return parsed(stateSchema, await this.ask("GET", "ceremony"));
  }

  /** @param invitation where the coordinator needs one @returns a ticket */
  async join(invitation?: string): Promise<string> {
    return parsed(ticketSchema, await this.ask("POST", "queue", invitation)).ticket;
  }

  async placeOf(ticket: string): Promise<Place> {
    return parsed(placeSchema, await this.ask("GET", "queue", ticket));
  }

  async leave(ticket: string): Promise<void> {
    await this.ask("DELETE", "queue", ticket);
  }

  /**
   * The transcript of a circuit's ceremony, which is checked to be one.
   *
   * @param ticket of whose turn it is, by which it begins
   */
  async transcript(circuit: string, ticket?: string): Promise<{ transcript: Transcript; text: string }> {
    const path = `circuits/${circuit}/transcript`;
    const text = await textOf(await this.fetch("GET", path, ticket), MOST_TRANSCRIPT_BYTES);
    return { transcript: parseTranscript(text, this.address(path).href), text };
  }

  /** Where a circuit's last key is, and where it is to be sent with one contribution more. */
  address(path: string): URL {
    return new URL(path, this.base);
  }

  private async ask(method: string, path: string, token?: string): Promise<unknown> {
    return parseJson(await textOf(await this.fetch(method, path, token), MOST_ANSWER_BYTES));
  }

  private async fetch(method: string, path: string, token?: string): Promise<Response> {
    const url = this.address(path);
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    let response: Response;
    try {
      response = await fetch(url, { method, headers, signal: AbortSignal.timeout(ANSWER_TIME) });
    } catch (error) {
      throw gone(url, error as Error);
    }
    if (response.ok) return response;
    throw errorOf(url, response.status, await textOf(response, MOST_ANSWER_BYTES));
  }
}

/** The error that a coordinator answers with. */
export function errorOf(url: URL, status: number, text: string): Torch2CircomError {
  const { success, output } = v.safeParse(problemSchema, parseJson(text));
  const isKnown = success && Object.hasOwn(ERROR_CODES, output.code);
  const isBusy = status === 408 || status === 425 || status === 429 || status >= 500;
  const Kind = isBusy && status !== 507 ? Unavailable : Torch2CircomError;
  if (isKnown) return new Kind(output.code as ErrorCode, oneLine(output.detail), oneLine(output.remedy));
  return new Kind(
    "NETWORK_UNREACHABLE",
    `${url.href} answers with status ${status}, and not as the coordinator of a ceremony`,
    "Check the address, and try again later.",
  );
}

/** @param cause why nothing answers */
export function gone(url: URL, cause: Error): Unavailable {
  const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
  return new Unavailable(
    "NETWORK_UNREACHABLE",
    `The coordinator at ${url.origin} does not answer (${reason})`,
    "Check the address and your network, and try again later.",
    cause,
  );
}

function baseOf(url: string): URL {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  if (base?.protocol !== "http:" && base?.protocol !== "https:")
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `${url} is not the address of a coordinator`,
      "It begins with https:// or http://.",
    );
  base.hash = "";
  base.search = "";
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return base;
}

/** The text of an answer, which is not heard out if it is too long. */
async function textOf(response: Response, most: number): Promise<string> {
  try {
    return new TextDecoder().decode(await readBounded(response, most));
  } catch (error) {
    throw gone(new URL(response.url), error as Error);
  }
}

function parsed<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return output;
  throw new Torch2CircomError(
    "CEREMONY_INVALID",
    `The answer is not that of the coordinator of a ceremony: ${describeIssue(issues[0])}`,
    "Check the address; coordinator and contributor may also have versions of torch2circom that differ.",
  );
}
