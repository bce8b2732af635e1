import type { Circuit, Connection } from "./circuit.js";
import type { Check } from "./findings.js";

/** Element `index` of a signal; a constant is a signal of its digits. */
export type Source = readonly [signal: string, index: number];

/** The connections of a circuit, each of which must be asked for: what nobody expects is a fault too. */
export class Wires {
  private readonly left: Map<string, readonly Connection[]>;

  constructor({ connections }: Circuit) {
    this.left = new Map(connections);
  }

  /** Whether each element of `to` is fed by the source that is expected, and by no other. */
  expect(check: Check, to: string, size: number, source: (i: number) => Source): boolean {
    const from = new Array<string | undefined>(size);
    const index = new Int32Array(size);
    const doubles: string[] = [];
    const feed = (element: number, signal: string, of: number): void => {
      if (element < 0 || element >= size || from[element] !== undefined) doubles.push(`${to}[${element}]`);
      else [from[element], index[element]] = [signal, of];
    };
    for (const { from: signal, elements } of this.take(to)) {
      if (elements === undefined) for (let i = 0; i < size; i++) feed(i, signal, i);
      else elements.into.forEach((element, i) => feed(element, signal, elements.of[i]));
    }
    let fits = check("wires beyond its inputs, or twice", doubles.length === 0, () =>
      doubles.slice(0, 3).join(),
    );
    for (let i = 0; i < size; i++) {
      const [signal, element] = source(i);
      fits =
        check(
          "a wire from elsewhere",
          from[i] === signal && (index[i] === element || signal === "0"),
          () => `${to}[${i}] is ${describe(from[i], index[i])}, and not ${describe(signal, element)}`,
        ) && fits;
    }
    return fits;
  }

  /** Whether a lone signal is fed by another. */
  expectOne(check: Check, to: string, source: string): boolean {
    const from = this.lone(to);
    return check(
      "a wire from elsewhere",
      from === source,
      () => `${to} is ${from ?? "nothing"}, not ${source}`,
    );
  }

  /** What a lone signal is fed by. */
  lone(to: string): string | undefined {
    const [connection, ...others] = this.take(to);
    return others.length > 0 || connection?.elements !== undefined ? undefined : connection?.from;
  }

  /** What all of a list is fed by, without taking it. */
  peek(to: string): string | undefined {
    return this.left.get(to)?.[0]?.from;
  }

  /** What nobody asked for. */
  get rest(): string[] {
    return [...this.left.keys()];
  }

  private take(to: string): readonly Connection[] {
    const taken = this.left.get(to) ?? [];
    this.left.delete(to);
    return taken;
  }
}

function describe(signal: string | undefined, index: number): string {
  if (signal === undefined) return "not fed";
  return /^\d+$/.test(signal) ? signal : `${signal}[${index}]`;
}
