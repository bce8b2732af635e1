/** The time as transcripts and receipts have it: UTC, to the second. */
export function now(): string {
  return utc(new Date());
}

export function utc(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
