/** Milliseconds after which as much may be spent again. */
const TIME = 60_000;

/** What may be spent in a minute, by all together. */
export class Budget {
  private left: number;
  private began = performance.now();

  /** @param most of a minute */
  constructor(private readonly most: number) {
    this.left = most;
  }

  /**
   * Spends, if so much is left.
   *
   * @param amount more than the most of a minute is never there
   * @returns whether it was
   */
  take(amount: number): boolean {
    if (performance.now() - this.began >= TIME) {
      this.began = performance.now();
      this.left = this.most;
    }
    if (amount > this.left) return false;
    this.left -= amount;
    return true;
  }

  /** Gives back what was taken and not spent. @param amount of it */
  giveBack(amount: number): void {
    this.left = Math.min(this.most, this.left + amount);
  }

  /** Seconds until as much may be spent again. */
  get seconds(): number {
    return Math.max(1, Math.ceil((TIME - (performance.now() - this.began)) / 1000));
  }
}
