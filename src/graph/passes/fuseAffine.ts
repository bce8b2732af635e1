import { broadcastData } from "../../operators/binary.js";
import { sizeOf, tensor } from "../../tensor/tensor.js";
import type { GraphBuilder } from "../builder.js";
import type { Graph, GraphNode, ValueId } from "../types.js";
import type { Tensor } from "../../tensor/types.js";
import { rewrite } from "./rewrite.js";

/**
 * Folds a scale or shift by constants, one per channel, into the linear, conv or convTranspose before it: batch norm
 * and biases that are added separately. Only where nothing else reads the value in between.
 */
export function fuseAffine(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder, usesOfInput }) => {
    const index = [0, 1].find((i) => builder.constantOf(inputs[1 - i]) !== undefined);
    const affine = affineOf(node, index);
    if (index === undefined || affine === undefined || usesOfInput(index) !== 1) return undefined;
    const producer = builder.producerOf(inputs[index]);
    const channels = producer && channelsOf(producer, builder);
    if (channels === undefined) return undefined;
    const perChannel = spreadOverChannels(
      builder.constantOf(inputs[1 - index])!,
      builder,
      inputs[index],
      channels,
    );
    if (perChannel === undefined) return undefined;
    return [absorb(builder, producer!, affine(perChannel), channels)];
  });
}

/** y = scale · x + shift, one of each per channel. */
interface Affine {
  readonly scale?: Float64Array;
  readonly shift?: Float64Array;
}

/** How the node acts on the operand at `index`, given its constant other operand. */
function affineOf(
  node: GraphNode,
  index: number | undefined,
): ((constant: Float64Array) => Affine) | undefined {
  if (node.op === "add") return (shift) => ({ shift });
  if (node.op === "mul") return (scale) => ({ scale });
  if (index !== 0) return undefined;
  if (node.op === "sub") return (constant) => ({ shift: constant.map((c) => -c) });
  if (node.op === "div") return (constant) => ({ scale: constant.map((c) => 1 / c) });
  return undefined;
}

interface Channels {
  readonly axis: number;
  readonly count: number;
}

function channelsOf(node: GraphNode, builder: GraphBuilder): Channels | undefined {
  if (!["linear", "conv", "convTranspose"].includes(node.op)) return undefined;
  if (node.inputs.slice(1).some((id) => builder.constantOf(id) === undefined)) return undefined;
  const shape = builder.shapeOf(node.outputs[0]);
  const axis = node.op === "linear" ? shape.length - 1 : 1;
  return { axis, count: shape[axis] };
}

/** The constant as one number per channel; undefined where it differs within a channel or enlarges the result. */
function spreadOverChannels(
  constant: Tensor,
  builder: GraphBuilder,
  operand: ValueId,
  { axis, count }: Channels,
): Float64Array | undefined {
  const shape = builder.shapeOf(operand);
  const lead = shape.length - constant.shape.length;
  if (lead < 0) return undefined;
  const fits = constant.shape.every((size, i) => size === 1 || (i + lead === axis && size === count));
  return fits ? broadcastData({ ...constant, shape: [sizeOf(constant.shape)] }, [count]) : undefined;
}

function absorb(builder: GraphBuilder, producer: GraphNode, affine: Affine, channels: Channels): ValueId {
  const [x, weightId, biasId] = producer.inputs as [ValueId, ValueId, ValueId | undefined];
  const weight = builder.constantOf(weightId)!;
  const bias = biasId === undefined ? undefined : builder.constantOf(biasId)!.data;
  const { scale, shift } = affine;
  const newBias = new Float64Array(channels.count).map(
    (_, c) => (bias?.[c] ?? 0) * (scale?.[c] ?? 1) + (shift?.[c] ?? 0),
  );
  const newWeight =
    scale === undefined ? weightId : builder.constant(scaled(producer, weight, scale), weightId);
  const newBiasId = builder.constant(
    tensor("float", [channels.count], newBias),
    biasId ?? `${producer.name}.bias`,
  );
  builder.discard(producer);
  builder.module = producer.module;
  return builder.apply(producer.op, [x, newWeight, newBiasId], producer.attributes, producer.name);
}

/** The weight with each output channel's part multiplied by its scale. */
function scaled(producer: GraphNode, weight: Tensor, scale: Float64Array): Tensor {
  const cells = sizeOf(weight.shape.slice(1));
  if (producer.op !== "convTranspose") {
    return { ...weight, data: weight.data.map((w, i) => w * scale[Math.floor(i / cells)]) };
  }
  // [C, O/groups, kernel…]: the output channel is the second axis within the input channel's group.
  const [inChannels, perGroup] = weight.shape as [number, number];
  const kernel = cells / perGroup;
  const perGroupIn = inChannels / (producer.attributes.groups as number);
  return {
    ...weight,
    data: weight.data.map((w, i) => {
      const group = Math.floor(Math.floor(i / cells) / perGroupIn);
      return w * scale[group * perGroup + (Math.floor(i / kernel) % perGroup)];
    }),
  };
}
