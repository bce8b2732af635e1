import * as v from "valibot";
import { fetchBytes } from "../download/fetchBytes.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { timeOf, verifyRound, type DrandChain, type DrandRound } from "./drand.js";

/** Who hands out drand's rounds. None is trusted: a round is verified before it is used. */
const RELAYS = [
  "https://api.drand.sh",
  "https://api2.drand.sh",
  "https://api3.drand.sh",
  "https://drand.cloudflare.com",
];

/** A round takes some 400 bytes. */
const MOST_BYTES = 4096;

const TIMEOUT = 10_000;

const roundForm = v.object({
  round: v.pipe(v.number(), v.safeInteger()),
  signature: v.string(),
  previous_signature: v.optional(v.string()),
});

export interface FetchRoundOptions {
  /** Places of drand's HTTP interface, asked one after another. @default those of the League of Entropy */
  readonly relays?: readonly string[];
  /** Milliseconds that a relay has. @default 10000 */
  readonly timeout?: number;
  /** Seconds since 1970. @default now */
  readonly now?: number;
}

/**
 * A round of a chain, from the first relay that gives it, verified.
 *
 * @param chain of drand
 * @param round its number
 * @param options who is asked, and how long
 * @throws Torch2CircomError if it is not out yet, or no relay gives a round that verifies
 */
export async function fetchRound(
  chain: DrandChain,
  round: number,
  { relays = RELAYS, timeout = TIMEOUT, now = Date.now() / 1000 }: FetchRoundOptions = {},
): Promise<DrandRound> {
  const time = timeOf(chain, round);
  if (time > now)
    throw new Torch2CircomError(
      "BEACON_INVALID",
      `Round ${round} of drand is not out yet`,
      `Start again after ${new Date(1000 * time).toISOString()}.`,
    );
  const failures: string[] = [];
  for (const relay of relays) {
    try {
      return await roundOf(relay, chain, round, timeout);
    } catch (error) {
      failures.push(`${relay}: ${(error as Error).message}`);
    }
  }
  throw new Torch2CircomError(
    "DOWNLOAD_FAILED",
    `No relay gives round ${round} of drand (${failures.join("; ")})`,
    `Check the network and start again. Anybody's copy of ${RELAYS[0]}${pathOf(chain, round)} serves as well, since it is verified.`,
  );
}

async function roundOf(
  relay: string,
  chain: DrandChain,
  round: number,
  timeout: number,
): Promise<DrandRound> {
  const bytes = await fetchBytes(`${relay}${pathOf(chain, round)}`, MOST_BYTES, timeout);
  const found = parseRound(Buffer.from(bytes).toString("utf8"));
  if (found?.round !== round) throw new Error("it sends something else");
  if (!verifyRound(chain, found)) throw new Error("its round does not verify");
  return found;
}

/** The round that a relay's answer holds, still to be verified; undefined if there is none. */
export function parseRound(text: string): DrandRound | undefined {
  try {
    const { round, signature, previous_signature: previousSignature } = v.parse(roundForm, JSON.parse(text));
    return { round, signature, ...(previousSignature !== undefined && { previousSignature }) };
  } catch {
    return undefined;
  }
}

function pathOf({ hash }: DrandChain, round: number): string {
  return `/${hash}/public/${round}`;
}
