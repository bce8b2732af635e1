/** Numbers under names, which can be put back to what they were: a refused call has no effect. */
export class Store {
  private readonly values = new Map<string, bigint>();
  private readonly changes: [name: string, before: bigint][] = [];

  /** 0 where nothing was written. */
  get(...name: readonly string[]): bigint {
    return this.values.get(name.join(" ")) ?? 0n;
  }

  set(value: bigint, ...name: readonly string[]): void {
    const key = name.join(" ");
    this.changes.push([key, this.values.get(key) ?? 0n]);
    this.values.set(key, value);
  }

  add(difference: bigint, ...name: readonly string[]): void {
    this.set(this.get(...name) + difference, ...name);
  }

  /** The moment, to {@link undo} what comes after it. */
  mark(): number {
    return this.changes.length;
  }

  undo(mark: number): void {
    for (const [key, before] of this.changes.splice(mark).reverse()) this.values.set(key, before);
  }
}
