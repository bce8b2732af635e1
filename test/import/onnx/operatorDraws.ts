import fc from "fast-check";
import type { AttributeValue, ModelSource } from "./writer.js";

type Attributes = Readonly<Record<string, AttributeValue>>;
export type Draw = <T>(arbitrary: fc.Arbitrary<T>) => T;

export interface Case extends Omit<ModelSource, "nodes" | "outputs"> {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly attributes?: Attributes;
  /** Names of all inputs of the operator, where constants are among them; else the model's inputs. */
  readonly operands?: readonly string[];
  /** Inputs that the operator gets as masks: where they are greater than 0. */
  readonly masks?: readonly string[];
  readonly results?: number;
  readonly range?: readonly [number, number];
}

export const size = fc.integer({ min: 1, max: 5 });
export const flag = fc.integer({ min: 0, max: 1 });
export const shape = fc.array(size, { minLength: 1, maxLength: 4 });

export const unary =
  (attributes: Attributes = {}, range?: readonly [number, number]) =>
  (draw: Draw): Case => ({ inputs: { x: draw(shape) }, attributes, range });

/** Two shapes that broadcast: some axes of either are 1 or missing. */
export const binary =
  (range?: readonly [number, number]) =>
  (draw: Draw): Case => {
    const full = draw(shape);
    const shrink = (): number[] =>
      full.map((n) => (draw(flag) === 1 ? n : 1)).slice(draw(fc.nat(full.length - 1)));
    return { inputs: { x: draw(flag) === 1 ? full : shrink(), y: shrink() }, range };
  };

export const compare = (draw: Draw): Case => ({ ...binary()(draw), range: [-1, 1] });

export const reduction =
  (range?: readonly [number, number]) =>
  (draw: Draw): Case => {
    const x = draw(shape);
    const axes = draw(
      fc.subarray(
        x.map((_, axis) => (draw(flag) === 1 ? axis : axis - x.length)),
        { minLength: 1 },
      ),
    );
    return {
      inputs: { x },
      ints: { axes },
      operands: ["x", "axes"],
      attributes: { keepdims: draw(flag) },
      range,
    };
  };

export const axisOf = (draw: Draw, rank: number): number => draw(fc.integer({ min: -rank, max: rank - 1 }));

export const alongAxis =
  (attributes: Attributes = {}) =>
  (draw: Draw): Case => {
    const x = draw(shape);
    return { inputs: { x }, attributes: { ...attributes, axis: axisOf(draw, x.length) } };
  };

function window(draw: Draw, axes: number) {
  const kernel = Array.from({ length: axes }, () => draw(fc.integer({ min: 1, max: 3 })));
  const pads = Array.from({ length: 2 * axes }, (_, i) => draw(fc.nat(kernel[i % axes] - 1)));
  const strides = kernel.map(() => draw(fc.integer({ min: 1, max: 3 })));
  const spatial = kernel.map((k) => k * 2 + draw(fc.nat(3)));
  return { kernel, pads, strides, spatial };
}

export const conv = (draw: Draw): Case => {
  const axes = draw(fc.integer({ min: 1, max: 3 }));
  const group = draw(fc.integer({ min: 1, max: 2 }));
  const { kernel, pads, strides, spatial } = window(draw, axes);
  const [channels, out] = [group * draw(size), group * draw(size)];
  const dilations = kernel.map(() => draw(fc.integer({ min: 1, max: 2 })));
  return {
    inputs: {
      x: [draw(fc.integer({ min: 1, max: 2 })), channels, ...spatial],
      w: [out, channels / group, ...kernel],
      b: [out],
    },
    attributes: { group, strides, pads, dilations },
  };
};

export const convTranspose = (draw: Draw): Case => {
  const axes = draw(fc.integer({ min: 1, max: 2 }));
  const group = draw(fc.integer({ min: 1, max: 2 }));
  const { kernel, strides, spatial } = window(draw, axes);
  const [channels, out] = [group * draw(size), draw(size)];
  const pads = [...kernel, ...kernel].map((k) => draw(fc.nat(k - 1)));
  const output_padding = strides.map((s) => draw(fc.nat(s - 1)));
  const padded = draw(
    fc.constantFrom<Attributes[]>(
      { pads, output_padding },
      { auto_pad: "VALID" },
      { auto_pad: "SAME_UPPER" },
      { auto_pad: "SAME_LOWER" },
      { output_shape: spatial.map((n, i) => strides[i] * n) },
    ),
  );
  return {
    inputs: { x: [1, channels, ...spatial], w: [channels, out, ...kernel], b: [out * group] },
    attributes: { group, strides, ...padded },
  };
};

export const pool =
  (extra: (draw: Draw) => Attributes) =>
  (draw: Draw): Case => {
    const axes = draw(fc.integer({ min: 1, max: 3 }));
    const { kernel, pads, strides, spatial } = window(draw, axes);
    return {
      inputs: { x: [1, draw(size), ...spatial] },
      attributes: { kernel_shape: kernel, strides, pads, ...extra(draw) },
    };
  };

export const recurrent =
  (gates: number, states: number, extra: (draw: Draw) => Attributes = () => ({})) =>
  (draw: Draw): Case => {
    const direction = draw(fc.constantFrom("forward", "reverse", "bidirectional"));
    const d = direction === "bidirectional" ? 2 : 1;
    const [t, n, i, h] = [draw(size), draw(fc.integer({ min: 1, max: 2 })), draw(size), draw(size)];
    const state = Object.fromEntries(["h0", "c0"].slice(0, states).map((name) => [name, [d, n, h]]));
    return {
      inputs: { x: [t, n, i], w: [d, gates * h, i], r: [d, gates * h, h], b: [d, 2 * gates * h], ...state },
      operands: ["x", "w", "r", "b", "", ...Object.keys(state)],
      attributes: { hidden_size: h, direction, ...extra(draw) },
      results: 1 + states,
    };
  };

export const matmul = (draw: Draw): Case => {
  const batch = draw(fc.array(size, { maxLength: 2 }));
  const [m, k, n] = [draw(size), draw(size), draw(size)];
  const x = draw(flag) === 1 ? [...batch, m, k] : [m, k];
  return { inputs: { x, y: draw(flag) === 1 ? [...batch, k, n] : [k, n] } };
};

export const gemm = (draw: Draw): Case => {
  const [m, k, n] = [draw(size), draw(size), draw(size)];
  const [transA, transB] = [draw(flag), draw(flag)];
  return {
    inputs: {
      x: transA ? [k, m] : [m, k],
      w: transB ? [n, k] : [k, n],
      b: draw(fc.constantFrom([n], [m, n], [1])),
    },
    attributes: { transA, transB, alpha: { float: 0.5 }, beta: { float: 2 } },
  };
};

export const slice = (draw: Draw): Case => {
  const x = draw(shape);
  const bound = (): number => draw(fc.integer({ min: -7, max: 7 }));
  // No empty results: onnxruntime has no data for them.
  const reversed = draw(flag) === 1;
  const axis = axisOf(draw, x.length);
  const length = x.at(axis)!;
  const low = draw(fc.nat(length - 1));
  return reversed
    ? { inputs: { x }, ints: { s: [-1], e: [-99], a: [axis], t: [-1] }, operands: ["x", "s", "e", "a", "t"] }
    : {
        inputs: { x },
        ints: { s: [low], e: [length + Math.abs(bound())], a: [axis], t: [2] },
        operands: ["x", "s", "e", "a", "t"],
      };
};

export const pad = (draw: Draw): Case => {
  const x = draw(fc.array(fc.integer({ min: 3, max: 5 }), { minLength: 2, maxLength: 3 }));
  const mode = draw(fc.constantFrom("constant", "reflect", "edge"));
  return {
    inputs: { x },
    ints: { pads: [...x, ...x].map(() => draw(fc.nat(2))) },
    operands: ["x", "pads"],
    attributes: { mode },
  };
};

export const gather = (draw: Draw): Case => {
  const x = draw(shape);
  const axis = axisOf(draw, x.length);
  const length = x.at(axis)!;
  const indices = draw(
    fc.array(fc.integer({ min: -length, max: length - 1 }), { minLength: 1, maxLength: 4 }),
  );
  return { inputs: { x }, ints: { i: indices }, operands: ["x", "i"], attributes: { axis } };
};

export const resize = (draw: Draw): Case => {
  const spatial = [draw(size), draw(size)];
  const mode = draw(fc.constantFrom("nearest", "linear", "cubic"));
  return {
    inputs: { x: [1, 2, ...spatial] },
    ints: { sizes: [1, 2, ...spatial.map(() => draw(fc.integer({ min: 1, max: 8 })))] },
    operands: ["x", "", "", "sizes"],
    attributes: {
      mode,
      coordinate_transformation_mode: draw(
        fc.constantFrom("asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"),
      ),
      ...(mode === "cubic" && { exclude_outside: draw(flag), cubic_coeff_a: { float: -0.5 } }),
      ...(mode === "nearest" && {
        nearest_mode: draw(fc.constantFrom("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")),
      }),
    },
  };
};

export const normalized = (draw: Draw): Case => {
  const x = draw(shape);
  const dims = draw(fc.integer({ min: 1, max: x.length }));
  const w = x.slice(-dims);
  return { inputs: { x, w, b: w }, attributes: { axis: -dims } };
};

export const perChannel =
  (parameters: readonly string[], extra: (draw: Draw, channels: number) => Attributes = () => ({})) =>
  (draw: Draw): Case => {
    const channels = 2 * draw(fc.integer({ min: 1, max: 2 }));
    const inputs = {
      x: [draw(fc.integer({ min: 1, max: 2 })), channels, draw(fc.integer({ min: 2, max: 4 })), 3],
    };
    const rest = Object.fromEntries(parameters.map((name) => [name, [channels]]));
    return { inputs: { ...inputs, ...rest }, attributes: extra(draw, channels), range: [0.1, 2] };
  };
