import { formatUnits } from "ethers";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

/** What an error means to a buyer. */
export function wordsOf(error: unknown): string {
  if (error instanceof Torch2CircomError) return `${error.problem}. ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}

/** A token as people write it. */
export interface Unit {
  readonly symbol: string;
  readonly decimals: number;
}

export function amountText(amount: bigint, { symbol, decimals }: Unit): string {
  return `${formatUnits(amount, decimals).replace(/\.0$/, "")} ${symbol}`;
}

/** @param seconds of Unix time */
export function timeText(seconds: bigint): string {
  return new Date(1000 * Number(seconds)).toLocaleString(undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  });
}

/** The same, where a span is easier to read. */
export function secondsText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return `${Math.round(seconds / 60)} min`;
}

/** An address or a hash, short enough for a line. */
export function shortText(word: string): string {
  return `${word.slice(0, 8)}…${word.slice(-6)}`;
}
