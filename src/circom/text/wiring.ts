import type { Wiring } from "../../netlist/types.js";
import { run, ZERO, type Connection } from "./connection.js";
import { nestsOf } from "./strides.js";

/** A tensor as the text names it. */
export interface Source {
  readonly signal: string;
  readonly size: number;
}

/** A wiring as statements: a list of wires fed by loops, or an instance of the template Wiring. */
export interface WiringText {
  /** The signal that holds its result. */
  readonly signal: string;
  readonly connections: readonly Connection[];
  /** Whether it is an instance of {@link TEMPLATES.wiring}, which takes the index as a constant. */
  readonly isComponent: boolean;
}

/** A wiring that takes more loops than its operands and these is a component. */
const FURTHER_LOOPS = 4;

/** Wiring -> its statements. Affine moves are loops over strides; others go by a list of indices. */
export function wiringText({ name, index }: Wiring, sources: readonly Source[]): WiringText {
  const most = sources.length + FURTHER_LOOPS;
  const connections: Connection[] = [];
  let first = 0;
  for (const { signal, size } of sources) {
    const own = connect(name, index, { signal, first, size });
    if (own === undefined || connections.push(...own) > most) return asComponent(name, sources);
    first += size;
  }
  const zeros = connect(name, index, { signal: ZERO, first: -1, size: 1 });
  if (zeros === undefined || connections.push(...zeros) > most) return asComponent(name, sources);
  connections.sort((a, b) => firstOf(a) - firstOf(b));
  return { signal: name, connections, isComponent: false };

  function connect(
    to: string,
    elements: Int32Array,
    source: Source & { first: number },
  ): Connection[] | undefined {
    const { signal, size } = source;
    const places = Array.from(elements.keys()).filter((i) => {
      const from = elements[i] - source.first;
      return from >= 0 && from < size;
    });
    const from = places.map((i) => elements[i] - source.first);
    // Zero is a number, and no signal that an array of one element could be fed by as a whole.
    const isWhole = signal !== ZERO && from.length === elements.length && from.length === size;
    if (isWhole && from.every((element, i) => element === i)) return [{ to, from: signal }];
    return nestsOf(places, from, most)?.map((loops) => ({
      to,
      from: signal,
      loops: signal === ZERO ? { counts: loops.counts, to: loops.to } : loops,
    }));
  }
}

/** The first element that a connection feeds. */
function firstOf({ loops }: Connection): number {
  return loops?.to.start ?? 0;
}

function asComponent(name: string, sources: readonly Source[]): WiringText {
  return { signal: `${name}.out`, connections: joined(`${name}.in`, sources), isComponent: true };
}

/** Signals one after the other, as the elements of one. */
export function joined(to: string, sources: readonly Source[]): Connection[] {
  if (sources.length === 1) return [{ to, from: sources[0].signal }];
  let at = 0;
  return sources.map(({ signal, size }) => {
    const loops = run(size, at, 0);
    at += size;
    return { to, from: signal, loops };
  });
}
