import type { CircuitText, StepText } from "../circom/text/circuit.js";
import { placesOf, ZERO, type Connection } from "../circom/text/connection.js";
import { RefList } from "./compose.js";
import type { Ref, Wires } from "./wires.js";

/** The signals of a circuit's main template and of its components, by name: `fc1.out`. */
export class Signals {
  private readonly lists = new Map<string, RefList>();
  /** Connections by the signal that they feed, and by the component that it is of. */
  private readonly feeds = new Map<string, Map<string, Connection[]>>();

  constructor(
    { connections }: Pick<CircuitText, "connections">,
    private readonly wires: Wires,
  ) {
    for (const connection of connections) {
      const owner = connection.to.split(".", 1)[0];
      const own = this.feeds.get(owner) ?? new Map<string, Connection[]>();
      own.set(connection.to, [...(own.get(connection.to) ?? []), connection]);
      this.feeds.set(owner, own);
    }
  }

  /** Gives new refs to a signal of the main template. */
  declare(name: string, size = 1): readonly Ref[] {
    const first = this.wires.fresh(size);
    const refs = Array.from({ length: size }, (_, i) => first + i);
    this.lists.set(name, new RefList(this.wires, refs));
    return refs;
  }

  set(name: string, list: RefList): void {
    this.lists.set(name, list);
  }

  get(name: string): RefList {
    const list = this.lists.get(name);
    if (list === undefined) throw new RangeError(`nothing makes the signal ${name}`);
    return list;
  }

  /** Whether all that feeds a step, or an output, is known. */
  isFed(name: string): boolean {
    return [...(this.feeds.get(name)?.values() ?? [])].every((connections) =>
      connections.every(({ from }) => from === ZERO || this.lists.has(from)),
    );
  }

  /** What feeds the signals of a component, by the names that its template has for them. */
  inputsOf({ name }: Pick<StepText, "name">): Map<string, RefList> {
    return new Map(
      Array.from(this.feeds.get(name) ?? [], ([to, connections]) => [
        to.slice(name.length + 1),
        this.fedBy(connections),
      ]),
    );
  }

  /** What feeds a signal of the main template. */
  feederOf(name: string): RefList {
    return this.fedBy(this.feeds.get(name)?.get(name) ?? []);
  }

  private fedBy(connections: readonly Connection[]): RefList {
    const [only] = connections;
    if (connections.length === 1 && only.loops === undefined)
      return only.from === ZERO ? new RefList(this.wires, [this.wires.zero]) : this.get(only.from);
    const refs: Ref[] = [];
    for (const { from, loops } of connections) {
      const source = from === ZERO ? undefined : this.get(from);
      for (const [to, of] of placesOf(loops!)) refs[to] = source?.ref(of) ?? this.wires.zero;
    }
    return new RefList(this.wires, refs);
  }
}
