import { formatUnits, ZeroAddress } from "ethers";
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

/** How the native token is written, on every chain that ethers knows. */
export const NATIVE: Unit = { symbol: "ETH", decimals: 18 };

/** How a token is written, by what it says of itself on the chain. */
export function shownUnit(token: string, { symbol, decimals }: Partial<Unit> = {}): Unit {
  if (token === ZeroAddress) return NATIVE;
  if (decimals === undefined) return { symbol: `smallest units of ${symbol ?? "its token"}`, decimals: 0 };
  return { symbol: symbol ?? "of its token", decimals };
}

export function amountText(amount: bigint, { symbol, decimals }: Unit): string {
  return `${formatUnits(amount, decimals).replace(/\.0$/, "")} ${symbol}`;
}

/** The same to some six digits, where a look is enough. */
export function roundedText(amount: bigint, unit: Unit): string {
  const [whole, part = ""] = formatUnits(amount, unit.decimals).split(".");
  const digits = whole === "0" ? /^0*/.exec(part)![0].length + 4 : Math.max(2, 6 - whole.length);
  const kept = part.slice(0, digits).replace(/0+$/, "");
  return `${whole}${kept === "" ? "" : `.${kept}`} ${unit.symbol}`;
}

/** @param seconds of Unix time */
export function timeText(seconds: bigint): string {
  return new Date(1000 * Number(seconds)).toLocaleString(undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  });
}

/** @param seconds of Unix time */
export function clockText(seconds: number): string {
  return new Date(1000 * seconds).toLocaleTimeString();
}

/** A span of time. */
export function secondsText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return seconds < 36 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** An address or a hash, short enough for a line. */
export function shortText(word: string): string {
  return `${word.slice(0, 8)}…${word.slice(-6)}`;
}
