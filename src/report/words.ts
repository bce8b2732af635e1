/** Longest name in a table, and in a drawing. */
const LONGEST = 80;
export const LONGEST_LABEL = 24;

/**
 * A name from a model's file, as it can be shown: no control characters, none that turn the direction of text, and not
 * without end. The middle of a long name is left out, since paths of modules differ at their ends.
 */
export function shown(name: string, most: number = LONGEST): string {
  // A code point takes two units at most.
  const whole = name.length <= 2 * most ? characters(name) : undefined;
  if (whole !== undefined && whole.length <= most) return whole.join("");
  const head = Math.ceil((most - 1) / 2);
  const [start, end] = [characters(name.slice(0, 2 * most)), characters(name.slice(-2 * most))];
  return `${start.slice(0, head).join("")}…${end.slice(head + 1 - most).join("")}`;
}

function characters(text: string): string[] {
  return Array.from(text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\uFFFD"));
}

/** 12,345. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** "1 layer", "2 layers". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A share in per cent: "81 %", "0.29 %". */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "an unknown share";
  const value = 100 * share;
  if (value === 0) return "0 %";
  if (Math.abs(value) < 0.01) return "below 0.01 %";
  return `${Math.abs(value) < 10 ? Number(value.toPrecision(2)) : Math.round(value)} %`;
}

/** A score in per cent to a tenth: "96.9 %". */
export function score(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A real number to four digits. */
export function real(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** "0.3 s", "12 s", "3 min 20 s". */
export function seconds(value: number): string {
  if (value < 9.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** "212 MB", "3.4 GB". */
export function bytes(value: number): string {
  return value < 1e9 ? `${Math.round(value / 1e6)} MB` : `${(value / 1e9).toFixed(1)} GB`;
}

/** `1 × 28 × 28`; "one number" for a scalar. */
export function shape(sizes: readonly number[]): string {
  return sizes.length === 0 ? "one number" : sizes.map(count).join(" × ");
}
