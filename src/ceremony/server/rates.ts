/** Addresses that are known at once; beyond them, those that ask least are forgotten. */
const MOST_ADDRESSES = 10_000;

interface Bucket {
  left: number;
  at: number;
}

/**
 * How often an address may ask: a token bucket for each.
 *
 * @param burst requests at once
 * @param perSecond requests in the long run
 * @param now milliseconds of a clock
 */
export class Rates {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {}

  /** Whether an address may ask now, which counts as asked. */
  takes(address: string): boolean {
    const now = this.now();
    const { left, at } = this.buckets.get(address) ?? { left: this.burst, at: now };
    const available = Math.min(this.burst, left + ((now - at) / 1000) * this.perSecond);
    // Set anew, so that the map's first is the one that has not asked for longest.
    this.buckets.delete(address);
    if (this.buckets.size >= MOST_ADDRESSES) this.buckets.delete(this.buckets.keys().next().value!);
    this.buckets.set(address, { left: Math.max(0, available - 1), at: now });
    return available >= 1;
  }
}
