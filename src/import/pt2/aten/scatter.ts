import { sizeOf } from "../../../tensor/tensor.js";
import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { mul, reduce } from "../../compose/arithmetic.js";
import { positionsOf } from "../../compose/indexing.js";
import * as move from "../../compose/movement.js";
import { indexAdd, positionsAlong, scatter, type Reduction } from "../../compose/scatter.js";
import type { AtenCall } from "../call.js";
import { replacePart } from "./movement.js";
import type { AtenRule, AtenTable } from "./rule.js";

/** Operators that write to constant places, or that pick from them. */

const self = (c: AtenCall): ValueId => c.tensor("self");

/** self with self[indices] = values, at constant places. */
const indexPut: AtenRule = (c) => {
  const b = c.builder;
  const { positions, shape } = positionsOf(b, self(c), c.optionalTensors("indices"));
  const values = move.cast(b, c.tensor("values"), b.typeOf(self(c)).dtype);
  const reduction = c.flag("accumulate") ? "add" : "none";
  return scatter(b, self(c), positions, move.expand(b, values, shape), reduction);
};

/** PyTorch's names of what combines several values at one place. */
const reductions: Readonly<Record<string, Reduction>> = {
  add: "add",
  sum: "add",
  multiply: "mul",
  prod: "mul",
  amax: "max",
  amin: "min",
  mean: "mean",
};

function reductionOf(c: AtenCall): Reduction {
  if (!c.has("reduce")) return "none";
  const name = c.text("reduce");
  if (!Object.hasOwn(reductions, name)) throw new OperatorError(`scattering by "${name}" is not known`);
  return reductions[name];
}

/** self with values written to constant indices along one axis, of a tensor or of one number. */
const scatterWith =
  (reduction: (c: AtenCall) => Reduction): AtenRule =>
  (c) => {
    const b = c.builder;
    const index = c.constant("index");
    const positions = positionsAlong(b, self(c), c.tensor("index"), c.int("dim"));
    const values = c.has("src")
      ? index.shape.reduce((x, length, axis) => move.slice(b, x, axis, 0, length), c.tensor("src"))
      : move.expand(b, move.cast(b, c.tensor("value"), b.typeOf(self(c)).dtype), index.shape);
    const withSelf = !c.has("include_self") || c.flag("include_self");
    return scatter(b, self(c), positions, values, reduction(c), withSelf);
  };

/** self with slices of a source written to constant places along one axis. */
const indexCopy: AtenRule = (c) => {
  const b = c.builder;
  const axis = c.axis("dim", c.shapeOf("self"));
  const places = c.constant("index").data;
  return replacePart(c, axis, [...places], move.cast(b, c.tensor("source"), b.typeOf(self(c)).dtype));
};

const indexFill: AtenRule = (c) => {
  const b = c.builder;
  const shape = [...c.shapeOf("self")];
  const axis = c.axis("dim", shape);
  const places = [...c.constant("index").data];
  shape[axis] = places.length;
  const value = move.cast(b, c.tensor("value"), b.typeOf(self(c)).dtype);
  const wrapped = places.map((place) => (place < 0 ? place + c.shapeOf("self")[axis] : place));
  return replacePart(c, axis, wrapped, move.expand(b, value, shape));
};

/** Slices of a source combined with those at constant places along one axis. */
const indexReduce: AtenRule = (c) => {
  const b = c.builder;
  const shape = c.shapeOf("self");
  const axis = c.axis("dim", shape);
  const numbers = b.ints(
    move.sequence(sizeOf(shape), (i) => i),
    shape,
  );
  const places = b.constantOf(b.apply("gather", [numbers, c.tensor("index")], { axis }));
  if (places === undefined) throw new OperatorError("it writes at places that depend on the model's input");
  return scatter(b, self(c), places.data, c.tensor("source"), reductionOf(c), c.flag("include_self"));
};

/** The sums, means or maxima of bags of rows, each bag from one offset to the next. */
const embeddingBag: AtenRule = (c) => {
  const b = c.builder;
  const rows = b.apply("gather", [c.tensor("weight"), c.tensor("indices")], { axis: 0 });
  const count = b.shapeOf(rows)[0];
  const starts = [...c.constant("offsets").data];
  const ends = [...starts.slice(1), count];
  if (c.has("include_last_offset") && c.flag("include_last_offset")) {
    starts.pop();
    ends.pop();
  }
  if (c.has("padding_idx") && c.int("padding_idx") >= 0)
    throw new OperatorError("bags with a padding index are not supported");
  const operation = (["sum", "mean", "max"] as const)[c.int("mode")];
  if (operation === undefined) throw new OperatorError(`the mode ${c.int("mode")} is not known`);
  const weights = c.has("per_sample_weights") ? c.tensor("per_sample_weights") : undefined;
  const scaled = weights === undefined ? rows : mul(b, rows, move.unsqueeze(b, weights, [1]));
  const bags = starts.map((start, i) => {
    const bag = move.slice(b, scaled, 0, start, ends[i]);
    if (b.shapeOf(bag)[0] === 0) throw new OperatorError("a bag is empty");
    return reduce(b, operation, bag, [0], true);
  });
  return move.concat(b, bags, 0);
};

const takeAlong: AtenRule = (c) => {
  const b = c.builder;
  if (!c.has("dim")) {
    const flat = move.reshape(b, self(c), [-1]);
    return b.apply("gather", [flat, move.reshape(b, c.tensor("indices"), [-1])], { axis: 0 });
  }
  const axis = c.axis("dim", c.shapeOf("self"));
  const [own, index] = [c.shapeOf("self"), c.shapeOf("indices")];
  const common = own.map((n, a) => (a === axis ? 1 : Math.max(n, index[a] ?? 1)));
  const at = (shape: readonly number[]) => common.map((n, a) => (a === axis ? shape[a] : n));
  const [x, indices] = [move.expand(b, self(c), at(own)), move.expand(b, c.tensor("indices"), at(index))];
  return b.apply("gatherElements", [x, indices], { axis });
};

export const scatterRules: AtenTable = {
  "aten.index_put.default": indexPut,
  "aten.scatter.src": scatterWith(() => "none"),
  "aten.scatter.value": scatterWith(() => "none"),
  "aten.scatter.reduce": scatterWith(reductionOf),
  "aten.scatter.value_reduce": scatterWith(reductionOf),
  "aten.scatter_reduce.two": scatterWith(reductionOf),
  "aten.scatter_add.default": scatterWith(() => "add"),
  "aten.index_add.default": (c) => {
    const axis = c.axis("dim", c.shapeOf("self"));
    return indexAdd(c.builder, self(c), axis, c.tensor("index"), c.tensor("source"), c.number("alpha"));
  },
  "aten.index_reduce.default": indexReduce,
  "aten.index_copy.default": indexCopy,
  "aten.index_fill.int_Scalar": indexFill,
  "aten.embedding_bag.default": embeddingBag,
  "aten.embedding_bag.padding_idx": embeddingBag,
  "aten._embedding_bag.default": embeddingBag,
  "aten._embedding_bag_forward_only.default": embeddingBag,
  "aten.take.default": (c) =>
    c.builder.apply("gather", [move.reshape(c.builder, self(c), [-1]), c.tensor("index")], { axis: 0 }),
  "aten.take_along_dim.default": takeAlong,
};
