/** Which settings of some bits give a weighted sum, modulo a small prime. */
export class SubsetSums {
  /** `reachable[j]` marks the sums that the bits from `j` on can give. */
  private readonly reachable: Uint8Array[];

  constructor(
    private readonly weights: readonly number[],
    private readonly prime: number,
  ) {
    let sums = new Uint8Array(prime);
    sums[0] = 1;
    this.reachable = [sums];
    for (const weight of [...weights].reverse()) {
      const more = Uint8Array.from(sums);
      for (let sum = 0; sum < prime; sum++) if (sums[sum]) more[(sum + weight) % prime] = 1;
      this.reachable.unshift(more);
      sums = more;
    }
  }

  /** All settings (a 0 or 1 for each weight) whose sum is the target. */
  settings(target: number): number[][] {
    const found: number[][] = [];
    const bits: number[] = [];
    const visit = (j: number, rest: number): void => {
      if (!this.reachable[j][rest]) return;
      if (j === this.weights.length) {
        found.push([...bits]);
        return;
      }
      for (const bit of [0, 1]) {
        bits[j] = bit;
        visit(j + 1, (((rest - bit * this.weights[j]) % this.prime) + this.prime) % this.prime);
      }
    };
    visit(0, target);
    return found;
  }
}
