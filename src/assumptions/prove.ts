import { join } from "node:path";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { packageRoot } from "../packageRoot.js";
import { isWiring, type Netlist } from "../netlist/types.js";
import type { Differences } from "../program/differences.js";
import type { Intervals } from "../program/operations/bounds.js";
import type { TensorId } from "../program/operations/definition.js";
import type { Program } from "../program/types.js";
import type { Assignment } from "./evaluate.js";
import { holdersOf, instancesOf, type Instance } from "./instances.js";
import { readLibrary } from "./library.js";
import { describeInterval, type Interval, type Signal } from "./values.js";
import { ClaimBook, type Claim } from "./walk.js";

/** An assumption of a gadget, and what shows that it holds in this circuit. */
export interface ProvenAssumption {
  readonly layer: string;
  readonly component: string;
  /** The template that assumes it: the layer's own, or one inside it. */
  readonly gadget: string;
  readonly assumption: string;
  /** In how many places of the component it was asked. */
  readonly places: number;
  /** The comparison in one of them. */
  readonly seen: string;
  /** Who makes it true: constants of the build, or the layers that make the inputs, with their intervals. */
  readonly guaranteedBy: string;
}

/**
 * Proves every assumption of every gadget of a circuit, from the intervals of all that the gadgets make.
 *
 * @returns what was proven, for the build's report
 * @throws Torch2CircomError naming layer, gadget, assumption and interval, where one is not proven
 */
export function proveAssumptions(
  program: Program,
  netlist: Netlist,
  intervals: readonly Intervals[],
  differences: Differences,
): ProvenAssumption[] {
  const book = claimBook();
  const signalOf = (tensors: readonly TensorId[]) => signalOfIntervals(tensors, intervals, differences);
  const holders = holdersOf(program, netlist);
  const instances = [...instancesOf(program, netlist, signalOf)];
  return instances.flatMap((instance) => {
    const held = heldByReader(book, instance, instances, netlist, holders);
    return proveInstance(book, instance, held, describeSources(instance.reads, netlist, intervals));
  });
}

let shipped: ClaimBook | undefined;

/** The claims of this package's circuits. */
export function claimBook(): ClaimBook {
  shipped ??= new ClaimBook(readLibrary(join(packageRoot(), "circuits")));
  return shipped;
}

function proveInstance(
  book: ClaimBook,
  instance: Instance,
  held: Assignment,
  sources: string,
): ProvenAssumption[] {
  const { layer, component, template } = instance;
  const proven = new Map<Claim, { places: number; seen: string }>();
  const names = book.names(template, instance.parameters, { ...instance.signals, ...held });
  const ask = (claim: Claim, own: Assignment): void =>
    claim.ask(own, (truth, at) => {
      if (!truth.holds) throw unproven(instance, claim, truth.seen, at);
      const known = proven.get(claim);
      if (known === undefined) proven.set(claim, { places: 1, seen: truth.seen });
      else known.places++;
    });
  try {
    book.walk(template, names, ({ assumes }, own) => assumes.forEach((claim) => ask(claim, own)));
  } catch (error) {
    if (error instanceof Torch2CircomError) throw error;
    throw new Torch2CircomError(
      "INTERNAL_CHECK_FAILED",
      `${layer}: the assumptions of ${template} cannot be decided (${(error as Error).message})`,
      DEFECT,
      error as Error,
    );
  }
  return [...proven].map(([claim, { places, seen }]) => ({
    layer,
    component,
    gadget: claim.template,
    assumption: claim.text,
    places,
    seen,
    guaranteedBy: claim.signals.length > 0 ? sources : "constants of the circuit",
  }));
}

const DEFECT =
  "Nothing was built, since its proofs could be forged or impossible. Please report it with the model.";

function unproven(
  { layer, component, template }: Instance,
  claim: Claim,
  seen: string,
  names: Assignment,
): Error {
  const place = Object.entries(names)
    .filter(([name]) => new RegExp(`\\bfor\\b.*\\b${name} <`).test(claim.text))
    .map(([name, value]) => `${name} = ${describeInterval(value as Interval)}`);
  const where = place.length === 0 ? "" : ` at ${place.join(", ")}`;
  const inside = claim.template === template ? "" : ` in ${template}`;
  return new Torch2CircomError(
    "INTERNAL_CHECK_FAILED",
    `${layer}: an assumption of ${claim.template}${inside} (component ${component}) is not proven: "${claim.text}", but ${seen}${where}`,
    DEFECT,
  );
}

/** The inputs that the reader of unchecked secret sums has a witness for: its guarantee, whatever the weights are. */
function heldByReader(
  book: ClaimBook,
  { component }: Instance,
  instances: readonly Instance[],
  { steps }: Netlist,
  holders: ReturnType<typeof holdersOf>,
): Assignment {
  const step = steps.find(({ name }) => name === component);
  const holder = step && holders.get(step.output);
  const reader = holder && instances.find((one) => one.component === holder.name);
  if (step === undefined || reader === undefined) return {};
  let held: Interval | undefined;
  const names = book.names(reader.template, reader.parameters, reader.signals);
  book.walk(reader.template, names, ({ guarantees }, own) => {
    for (const { inputBounds } of guarantees)
      inputBounds?.(own, ({ lo, hi }) => {
        held = { lo: held && held.lo < lo ? held.lo : lo, hi: held && held.hi > hi ? held.hi : hi };
      });
  });
  if (held === undefined) return {};
  const each = held;
  return { held: { length: step.size, at: () => each } };
}

function signalOfIntervals(
  tensors: readonly TensorId[],
  intervals: readonly Intervals[],
  differences: Differences,
): Signal {
  const lengths = tensors.map((tensor) => intervals[tensor].lo.length);
  const place = (element: number): [tensor: TensorId, element: number] => {
    let [operand, at] = [0, element];
    while (at >= lengths[operand]) at -= lengths[operand++];
    return [tensors[operand], at];
  };
  return {
    length: lengths.reduce((a, b) => a + b, 0),
    at(element) {
      const [tensor, i] = place(element);
      const { lo, hi } = intervals[tensor];
      return { lo: BigInt(lo[i]), hi: BigInt(hi[i]) };
    },
    difference(a, b) {
      const [[tensor, i], [other, j]] = [place(a), place(b)];
      return tensor === other ? BigInt(differences.bound(tensor, i, j)) : undefined;
    },
    share(element) {
      const [tensor, i] = place(element);
      const { shares } = intervals[tensor];
      const group = shares?.group[i] ?? -1;
      return shares === undefined || group < 0 ? undefined : { group, hi: BigInt(shares.hi) };
    },
  };
}

/** Layers that an assumption can rest on, before the list is cut. */
const SHOWN_SOURCES = 4;

/** The gadgets that make what an instance reads, through all wiring, and the intervals of what they make. */
function describeSources(
  tensors: readonly TensorId[],
  { inputs, steps }: Netlist,
  intervals: readonly Intervals[],
): string {
  const stepOf = new Map(steps.map((step) => [step.output, step]));
  const makers = (tensor: TensorId): TensorId[] => {
    const step = stepOf.get(tensor);
    return step !== undefined && isWiring(step) ? step.inputs.flatMap(makers) : [tensor];
  };
  const describe = (tensor: TensorId): string => {
    const { lo, hi } = intervals[tensor];
    const range = `[${lo.reduce((a, b) => Math.min(a, b))}, ${hi.reduce((a, b) => Math.max(a, b))}]`;
    const step = stepOf.get(tensor);
    if (step !== undefined && !isWiring(step)) return `${step.name} (${step.template}), of ${range}`;
    const input = inputs.find((one) => one.tensor === tensor);
    return `${input?.signal ?? "an input"}, held to ${range} by PackChecked`;
  };
  const all = [...new Set(tensors.flatMap(makers))];
  const more = all.length > SHOWN_SOURCES ? [`and ${all.length - SHOWN_SOURCES} more`] : [];
  return [...all.slice(0, SHOWN_SOURCES).map(describe), ...more].join("; ");
}
