/**
 * The different field elements among many, each under a small index.
 *
 * A circuit has millions of terms and a few hundred coefficients. A hash table over the eight 32-bit words of an
 * element finds an index without making a `bigint` or a string for each term.
 */
export class CoefficientTable {
  /** Eight words per element, least significant first. */
  private words = new Uint32Array(8 * 1024);
  /** Index + 1 of the element in each slot, 0 for an empty one; always at least twice as many slots as elements. */
  private slots = new Uint32Array(2048);
  private count = 0;
  private readonly element = new Uint32Array(8);

  /** The index of the 32-byte little-endian element at `at`, a new one if it was not seen before. */
  indexOf(view: DataView, at: number): number {
    for (let word = 0; word < 8; word++) this.element[word] = view.getUint32(at + 4 * word, true);
    if (2 * (this.count + 1) > this.slots.length) this.grow();
    let slot = this.slotOf(this.element, 0);
    for (; this.slots[slot] !== 0; slot = (slot + 1) % this.slots.length) {
      const index = this.slots[slot] - 1;
      if (this.isElement(index)) return index;
    }
    this.words.set(this.element, 8 * this.count);
    this.slots[slot] = ++this.count;
    return this.count - 1;
  }

  /** All elements in the order of their indices, as the representatives of least absolute value. */
  values(order: bigint): bigint[] {
    return Array.from({ length: this.count }, (_, index) => {
      let value = 0n;
      for (let word = 7; word >= 0; word--) value = (value << 32n) | BigInt(this.words[8 * index + word]);
      value %= order;
      return value > order / 2n ? value - order : value;
    });
  }

  private slotOf(words: Uint32Array, from: number): number {
    let hash = 0;
    for (let i = from; i < from + 8; i++) hash = Math.imul(hash ^ words[i], 0x9e3779b1) ^ (hash >>> 15);
    return (hash >>> 0) % this.slots.length;
  }

  private isElement(index: number): boolean {
    for (let word = 0; word < 8; word++)
      if (this.words[8 * index + word] !== this.element[word]) return false;
    return true;
  }

  private grow(): void {
    const words = new Uint32Array(2 * this.words.length);
    words.set(this.words);
    this.words = words;
    this.slots = new Uint32Array(2 * this.slots.length);
    for (let index = 0; index < this.count; index++) {
      let slot = this.slotOf(words, 8 * index);
      while (this.slots[slot] !== 0) slot = (slot + 1) % this.slots.length;
      this.slots[slot] = index + 1;
    }
  }
}
