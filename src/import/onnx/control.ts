import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { axisIn, flip, select, stack } from "../compose/movement.js";
import type { OnnxCall } from "./call.js";
import type { GraphProto } from "./proto.js";

/** Lowers a graph as if its nodes stood here. Gives its outputs; one that is not supported is not there. */
export type Inline = (graph: GraphProto, inputs: readonly ValueId[]) => readonly (ValueId | undefined)[];

/** Most rounds of a loop; each round's nodes become nodes of their own. */
const MAX_ROUNDS = 4096;

const DEPENDS =
  "its control flow depends on the data; compute both branches and choose with torch.where, or give a loop a constant count";

/** If, Loop and Scan, as far as what they choose is constant: exporters leave such behind. */
export function lowerControl(call: OnnxCall, inline: Inline): readonly (ValueId | undefined)[] | undefined {
  if (call.node.opType === "If") return branch(call, inline);
  if (call.node.opType === "Loop") return loop(call, inline);
  return call.node.opType === "Scan" ? scan(call, inline) : undefined;
}

/** The branch that a constant condition leads to. */
function branch(call: OnnxCall, inline: Inline): readonly (ValueId | undefined)[] {
  const condition = call.builder.constantOf(call.input(0))?.data[0];
  if (condition === undefined) throw new OperatorError(DEPENDS);
  return inline(bodyOf(call, condition === 0 ? "else_branch" : "then_branch"), []);
}

/** Loop(count, condition, states…): the body takes (round, condition, states…), gives (condition, states…, slices…). */
function loop(call: OnnxCall, inline: Inline): readonly (ValueId | undefined)[] {
  const b = call.builder;
  const count = call.has(0) ? whole(b.constantOf(call.input(0))?.data[0]) : Infinity;
  const body = bodyOf(call, "body");
  let condition = call.has(1) ? call.input(1) : b.scalar(1, "bool");
  let states: (ValueId | undefined)[] = call.node.input.slice(2).map((_, i) => call.input(i + 2));
  const slices: (ValueId | undefined)[][] = Array.from(
    { length: Math.max(0, body.output.length - 1 - states.length) },
    () => [],
  );
  for (let round = 0; round < count; round++) {
    const goesOn = b.constantOf(condition)?.data[0];
    if (goesOn === undefined) throw new OperatorError(DEPENDS);
    if (goesOn === 0) break;
    requireRound(round);
    const given = known(states);
    const [next, ...rest] = inline(body, [b.scalar(round, "int"), condition, ...given]);
    condition = known([next])[0]!;
    states = rest.slice(0, states.length);
    slices.forEach((list, i) => list.push(rest[states.length + i]));
  }
  return [...states, ...slices.map((list) => stacked(call, list, 0))];
}

/** Scan(states…, sequences…): the body takes (states…, elements…), gives (states…, slices…). */
function scan(call: OnnxCall, inline: Inline): readonly (ValueId | undefined)[] {
  if (call.opset < 9)
    throw new OperatorError("a Scan of operator set 8 is not supported; export with a newer one");
  const b = call.builder;
  const body = bodyOf(call, "body");
  const sequences = call.int("num_scan_inputs");
  const inputs = call.inputs();
  const first = inputs.length - sequences;
  if (sequences < 1 || first < 0) throw new OperatorError(`${sequences} sequences do not fit its inputs`);
  const zeros = (length: number): number[] => new Array<number>(length).fill(0);
  const outputs = Math.max(0, body.output.length - first);
  const axes = call.ints("scan_input_axes", zeros(sequences));
  const turned = call.ints("scan_input_directions", zeros(sequences));
  const outAxes = call.ints("scan_output_axes", zeros(outputs));
  const outTurned = call.ints("scan_output_directions", zeros(outputs));
  const runs = inputs.slice(first).map((x, i) => {
    const axis = axisIn(axes[i], b.shapeOf(x).length);
    return { x: turned[i] === 1 ? flip(b, x, [axis]) : x, axis };
  });
  const rounds = b.shapeOf(runs[0].x)[runs[0].axis];
  let states: (ValueId | undefined)[] = inputs.slice(0, first);
  const slices: (ValueId | undefined)[][] = Array.from({ length: outputs }, () => []);
  for (let round = 0; round < rounds; round++) {
    requireRound(round);
    const elements = runs.map(({ x, axis }) => select(b, x, axis, round));
    const rest = inline(body, [...known(states), ...elements]);
    states = rest.slice(0, first);
    slices.forEach((list, i) => list.push(rest[first + i]));
  }
  return [
    ...states,
    ...slices.map((list, i) => stacked(call, outTurned[i] === 1 ? list.reverse() : list, outAxes[i])),
  ];
}

function bodyOf(call: OnnxCall, name: string): GraphProto {
  const body = call.graph(name);
  if (body === undefined) throw new OperatorError(`the graph "${name}" is missing`);
  return body;
}

function whole(count: number | undefined): number {
  if (count === undefined) throw new OperatorError(DEPENDS);
  return count;
}

function requireRound(round: number): void {
  if (round >= MAX_ROUNDS) throw new OperatorError(`it takes more than ${MAX_ROUNDS} rounds`);
}

/** @throws OperatorError where a value of the body is not supported: the body's own nodes say why */
function known(values: readonly (ValueId | undefined)[]): ValueId[] {
  return values.map((value) => {
    if (value === undefined) throw new OperatorError("its body has an operator that is not supported");
    return value;
  });
}

function stacked(call: OnnxCall, slices: readonly (ValueId | undefined)[], axis: number): ValueId {
  if (slices.length === 0) throw new OperatorError("a loop without a round has no slices of known shape");
  return stack(call.builder, known(slices), axis);
}
