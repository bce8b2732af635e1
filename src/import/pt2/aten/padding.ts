import type { ValueId } from "../../../graph/types.js";
import * as move from "../../compose/movement.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";

/** PyTorch's list of pads counts from the last axis: [begin, end] of it, then of the one before. */
function padded(c: AtenCall, mode: string, pads: readonly number[]): ValueId {
  const b = c.builder;
  const rank = c.shapeOf("self").length;
  let x = c.tensor("self");
  const axes = move.sequence(pads.length / 2, (i) => rank - 1 - i);
  if (mode !== "constant") {
    return axes.reduce(
      (value, axis, i) => move.padByPicking(b, value, axis, pads[2 * i], pads[2 * i + 1], mode),
      x,
    );
  }
  const before = new Array<number>(rank).fill(0);
  const after = new Array<number>(rank).fill(0);
  axes.forEach((axis, i) => {
    const [begin, end] = [pads[2 * i], pads[2 * i + 1]];
    // Negative pads cut elements off.
    if (begin < 0 || end < 0) {
      const length = b.shapeOf(x)[axis];
      x = move.slice(b, x, axis, Math.max(0, -begin), length - Math.max(0, -end));
    }
    [before[axis], after[axis]] = [Math.max(0, begin), Math.max(0, end)];
  });
  return b.apply("pad", [x], { before, after, value: c.has("value") ? c.number("value") : 0 });
}

const by =
  (mode: string): AtenRule =>
  (c) =>
    padded(c, mode, c.ints("padding"));

export const paddingRules: AtenTable = {
  "aten.pad.default": (c) => padded(c, c.text("mode"), c.ints("pad")),
  "aten.constant_pad_nd.default": (c) => padded(c, "constant", c.ints("pad")),
  "aten.reflection_pad1d.default": by("reflect"),
  "aten.reflection_pad2d.default": by("reflect"),
  "aten.reflection_pad3d.default": by("reflect"),
  "aten.replication_pad1d.default": by("replicate"),
  "aten.replication_pad2d.default": by("replicate"),
  "aten.replication_pad3d.default": by("replicate"),
};
