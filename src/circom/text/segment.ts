import type { EdgeTensor } from "../../netlist/segments/edges.js";
import { isRead, type Edge, type Segment } from "../../netlist/segments/segment.js";
import type { TensorId } from "../../program/operations/definition.js";
import type { SignalText, Statement } from "./circuit.js";
import { BLANK, commented, connected, declared, instance, placed } from "./making.js";
import { COMPONENTS, crossed, crossedWords, SIGNALS, TEMPLATES } from "./names.js";
import {
  bindingStatements,
  inputDeclarations,
  inputStatements,
  outputStatements,
  shownOutputs,
  stepStatements,
  totalWords,
} from "./statements.js";
import { wiringText, type Source } from "./wiring.js";

/** Segment -> the statements of its circuit. */
export function segmentStatements(segment: Segment): Statement[] {
  const { netlist, steps, opened } = segment;
  const sources = new Map<TensorId, Source>(
    opened === undefined
      ? netlist.inputs.map(({ tensor, signal, count }) => [tensor, { signal, size: count }])
      : opened.tensors
          .filter((tensor) => isRead(segment, tensor))
          .map(({ tensor, count }) => [tensor, { signal: crossed(tensor), size: count }]),
  );
  const layers = stepStatements(steps, sources);
  return [
    ...declarations(segment),
    BLANK,
    ...(opened === undefined
      ? [...bindingStatements(), ...inputStatements(netlist)]
      : openStatements(segment, opened)),
    ...layers,
    BLANK,
    ...(segment.committed === undefined
      ? [commented("The outputs"), ...outputStatements(netlist, sources)]
      : commitStatements(segment, segment.committed, sources)),
  ];
}

function declarations(segment: Segment): Statement[] {
  const { netlist, opened, committed } = segment;
  const hasSalt = opened === undefined || (committed === undefined && netlist.outputMode === "committed");
  return [
    ...(opened === undefined
      ? inputDeclarations(netlist)
      : [
          ...opened.tensors.map((tensor) =>
            isRead(segment, tensor)
              ? declared("input", crossed(tensor.tensor), tensor.count)
              : declared("input", crossedWords(tensor.tensor), tensor.words),
          ),
          declared("input", SIGNALS.openedSalt),
          declared("input", SIGNALS.openedBinding),
        ]),
    ...(hasSalt ? [declared("input", SIGNALS.salt)] : []),
    ...(committed === undefined ? [] : [declared("input", SIGNALS.edgeSalt)]),
    commented("Public, in this order"),
    committed === undefined ? shownOutputs(netlist) : declared("output", SIGNALS.edge),
    ...(opened === undefined
      ? [declared("output", SIGNALS.inputCommitment), declared("input", SIGNALS.binding)]
      : [declared("output", SIGNALS.openedEdge)]),
  ];
}

/** Opens a commitment: what it holds is what the segment before made, for the same job and payee. */
function openStatements(segment: Segment, opened: Edge): Statement[] {
  const read = opened.tensors.filter((tensor) => isRead(segment, tensor));
  return [
    commented("What the segment before has handed on"),
    ...commitment(COMPONENTS.openEdge, opened),
    connected({ to: `${COMPONENTS.openEdge}.salt`, from: SIGNALS.openedSalt }),
    placed(`${COMPONENTS.openEdge}.words`, 0, { name: SIGNALS.openedBinding }),
    ...read.flatMap((tensor) => opener(segment, tensor)),
    ...intoWords(COMPONENTS.openEdge, segment, opened),
    connected({ to: SIGNALS.openedEdge, from: `${COMPONENTS.openEdge}.out` }),
  ];
}

/** Packs a tensor that is read. Only one list of integers gives its words: each is held to its slot. */
function opener({ number }: Segment, { tensor, count, width, offset, heldIn }: EdgeTensor): Statement[] {
  const name = crossedWords(tensor);
  const isHeld = heldIn.get(number) === true;
  const parameters = { count, width, least: offset };
  return [
    commented(
      isHeld
        ? `${crossed(tensor)}: what reads it has no witness for integers beyond ${width} bits from ${offset} on`
        : `${crossed(tensor)} is held to ${width} bits from ${offset} on`,
    ),
    isHeld
      ? instance(name, TEMPLATES.packOutput, parameters)
      : instance(name, TEMPLATES.packInput, { ...parameters, most: offset + 2 ** width - 1 }),
    connected({ to: `${name}.in`, from: crossed(tensor) }),
  ];
}

/** Commits to what the next segments need. */
function commitStatements(
  segment: Segment,
  committed: Edge,
  sources: ReadonlyMap<TensorId, Source>,
): Statement[] {
  const made = committed.tensors.filter(({ from }) => from === segment.number);
  const binding = segment.opened === undefined ? SIGNALS.binding : SIGNALS.openedBinding;
  return [
    commented("What the next segment opens"),
    ...commitment(COMPONENTS.commitEdge, committed),
    connected({ to: `${COMPONENTS.commitEdge}.salt`, from: SIGNALS.edgeSalt }),
    placed(`${COMPONENTS.commitEdge}.words`, 0, { name: binding }),
    ...made.flatMap((tensor) => packer(tensor, sources.get(tensor.tensor)!)),
    ...intoWords(COMPONENTS.commitEdge, segment, committed),
    connected({ to: SIGNALS.edge, from: `${COMPONENTS.commitEdge}.out` }),
  ];
}

/** Packs the elements of a tensor that cross. */
function packer({ tensor, elements, count, width, offset }: EdgeTensor, source: Source): Statement[] {
  const name = crossedWords(tensor);
  const pack = [
    instance(name, TEMPLATES.packOutput, { count, width, least: offset }),
    connected({ to: `${name}.in`, from: count === source.size ? source.signal : crossed(tensor) }),
  ];
  if (count === source.size) return pack;
  const wiring = {
    name: crossed(tensor),
    label: "",
    inputs: [tensor],
    index: elements,
    output: tensor,
    size: count,
  };
  const { signal, connections, isComponent } = wiringText(wiring, [source]);
  const head = isComponent
    ? instance(crossed(tensor), TEMPLATES.wiring, {
        inputs: source.size,
        outputs: count,
        index: Array.from(elements),
      })
    : declared("wires", crossed(tensor), count);
  return [
    commented(`${count} of ${source.size} elements cross`),
    head,
    ...connections.map(connected),
    pack[0],
    connected({ to: `${name}.in`, from: signal }),
  ];
}

function commitment(name: string, { tensors, domain }: Edge): Statement[] {
  return [instance(name, TEMPLATES.commit, { count: 1 + totalWords(tensors), domain: BigInt(domain) })];
}

/** Hands the words of an edge's tensors to its commitment, behind the binding. */
function intoWords(commit: string, segment: Segment, { tensors }: Edge): Statement[] {
  let at = 1;
  return tensors.map((tensor) => {
    const isPacked = tensor.from === segment.number || isRead(segment, tensor);
    const name = `${crossedWords(tensor.tensor)}${isPacked ? ".out" : ""}`;
    const words: SignalText = { name, size: tensor.words };
    const statement = placed(`${commit}.words`, at, words);
    at += tensor.words;
    return statement;
  });
}
