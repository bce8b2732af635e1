import { constantsOf, drawConstants } from "../constants.js";
import { asRows, cut, family, lastOf, reshape } from "./family.js";

/** An axis of a value, the last one mostly. */
const axisOf = (shape: readonly number[], last: boolean) => shape.length - (last ? 1 : 2);

/** What looks at whole rows: norms, shares, the greatest, sums; and what only moves elements. */
export const rowFamilies = {
  norm: family(
    (random) => ({
      form: random.pick(["layerNorm", "layerNorm", "rmsNorm", "l2"]),
      epsilon: random.pick([1e-5, 1e-5, 1e-12, 1e-3, 0.5]),
      weight: random.chance(0.5) ? drawConstants(random, 5) : null,
      bias: random.chance(0.4) ? drawConstants(random, 5) : null,
    }),
    ({ b }, x, { form, epsilon, weight, bias }) => {
      const size = lastOf(b, x);
      if (form === "l2") {
        const squares = b.apply("sum", [b.apply("mul", [x, x])], { axes: [-1], keepDims: true });
        const root = b.apply("pow", [squares], { exponent: 0.5 });
        return b.apply("div", [x, b.apply("clamp", [root], { min: epsilon, max: Infinity })]);
      }
      const inputs = [x];
      if (weight || bias) inputs.push(b.constant(constantsOf([size], weight)));
      if (bias && form === "layerNorm") inputs.push(b.constant(constantsOf([size], bias)));
      return b.apply(form, inputs, { dims: 1, epsilon });
    },
  ),

  softmax: family(
    (random) => ({ logarithm: random.chance(0.3), last: random.chance(0.8) }),
    ({ b }, x, { logarithm, last }) =>
      b.apply(logarithm ? "logSoftmax" : "softmax", [x], { axis: axisOf(b.shapeOf(x), last) }),
  ),

  greatest: family(
    (random) => ({
      k: random.int(1, 3),
      last: random.chance(0.8),
      show: random.pick(["values", "places", "both"]),
    }),
    ({ b }, x, { k, last, show }) => {
      const axis = axisOf(b.shapeOf(x), last);
      const [values, places] = b.applyAll("topK", [x], { axis, k: Math.min(k, b.shapeOf(x)[axis]) });
      const numbers = b.apply("cast", [places], { to: "float" });
      if (show === "both") return b.apply("concat", [values, numbers], { axis });
      return show === "values" ? values : numbers;
    },
  ),

  place: family(
    (random) => ({ last: random.chance(0.8) }),
    ({ b }, x, { last }) => {
      const axis = axisOf(b.shapeOf(x), last);
      return b.apply("cast", [b.apply("argMax", [x], { axis, keepDims: true })], { to: "float" });
    },
  ),

  runningSum: family(
    (random) => ({ last: random.chance(0.7) }),
    ({ b }, x, { last }) => b.apply("cumSum", [x], { axis: axisOf(b.shapeOf(x), last) }),
  ),

  reduction: family(
    (random) => ({ name: random.pick(["sum", "mean", "max", "min"]), last: random.chance(0.5) }),
    ({ b }, x, { name, last }) => b.apply(name, [x], { axes: [axisOf(b.shapeOf(x), last)], keepDims: true }),
  ),

  movement: family(
    (random) => ({
      how: random.pick(["turn", "reverse", "slice", "pad", "repeat", "flatten", "expand", "join"]),
      count: random.int(1, 3),
    }),
    ({ b }, x, { how, count }) => {
      const rows = asRows(b, x);
      const [, n, features] = b.shapeOf(rows) as [number, number, number];
      switch (how) {
        case "turn":
          return b.apply("transpose", [rows], { perm: [0, 2, 1] });
        case "reverse":
          return b.apply("slice", [rows], { start: [0, n - 1, 0], step: [1, -1, 1], size: [1, n, features] });
        case "slice": {
          const first = Math.min(count, features) - 1;
          return b.apply("slice", [rows], {
            start: [0, 0, first],
            step: [1, 1, 1],
            size: [1, n, features - first],
          });
        }
        case "pad":
          return b.apply("pad", [rows], { before: [0, 0, 1], after: [0, 0, 0], value: count - 1 });
        case "repeat":
          return b.apply("gather", [rows, b.ints([0, features - 1, 0, Math.min(count, features - 1)])], {
            axis: 2,
          });
        case "flatten":
          return cut(b, reshape(b, rows, [1, n * features]), 16);
        case "expand":
          return b.apply(
            "expand",
            [reshape(b, cut(b, rows, 4), [1, Math.min(n, 4), 1, Math.min(features, 4)])],
            {
              shape: [1, Math.min(n, 4), count, Math.min(features, 4)],
            },
          );
        default:
          return cut(b, b.apply("concat", [rows, rows], { axis: 1 + (count % 2) }), 10);
      }
    },
  ),
};
