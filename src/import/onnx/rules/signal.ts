import { tensor } from "../../../tensor/tensor.js";
import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { mul } from "../../compose/arithmetic.js";
import { axisIn, reshape, sequence, slice, unsqueeze } from "../../compose/movement.js";
import { BLACKMAN, cosineWindow, fourier, HAMMING, HANN, melWeights } from "../../compose/signal.js";
import { dtypeOf } from "../../elements.js";
import type { OnnxCall } from "../call.js";
import { onnxElementType } from "../tensors.js";
import type { OnnxRule, OnnxTable } from "./rule.js";

const window =
  (coefficients: readonly number[]): OnnxRule =>
  (c) => {
    const values = cosineWindow(c.constantNumber(0), c.int("periodic", 1) === 1, coefficients);
    return c.builder.constant(tensor(resultType(c), [values.length], values));
  };

function resultType(c: OnnxCall) {
  return dtypeOf(onnxElementType(c.int("output_datatype", 1)));
}

/** The axis was an attribute, then an input; what is one-sided has half a spectrum. */
const dft: OnnxRule = (c) => {
  const b = c.builder;
  const shape = c.shapeOf(0);
  const named = c.has(2) ? c.constantNumber(2) : c.int("axis", c.opset < 20 ? 1 : -2);
  const axis = axisIn(named, shape.length);
  const [inverse, oneSided] = [c.int("inverse", 0) === 1, c.int("onesided", 0) === 1];
  const natural = inverse && oneSided ? 2 * (shape[axis] - 1) : shape[axis];
  const length = c.has(1) ? c.constantNumber(1) : natural;
  return fourier(b, c.input(0), axis, { length, inverse, oneSided });
};

/** Transforms of frames, one every `frame_step` elements, of [B, L] or [B, L, 1 or 2]. */
const stft: OnnxRule = (c) => {
  const b = c.builder;
  const given = c.shapeOf(0);
  const signal = given.length === 2 ? unsqueeze(b, c.input(0), [2]) : c.input(0);
  const [batch, length, parts] = b.shapeOf(signal) as [number, number, number];
  const step = c.constantNumber(1);
  const frame = c.has(3) ? c.constantNumber(3) : c.has(2) ? c.shapeOf(2)[0] : length;
  if (!(step > 0 && frame > 0 && frame <= length))
    throw new OperatorError(`frames of ${frame} at steps of ${step} do not fit ${length} elements`);
  const frames = Math.floor((length - frame) / step) + 1;
  const places = sequence(frames * frame, (i) => Math.floor(i / frame) * step + (i % frame));
  const cut = b.apply("gather", [signal, b.ints(places, [frames, frame])], { axis: 1 });
  const weighted = c.has(2) ? mul(b, cut, reshape(b, windowOf(c, frame), [frame, 1])) : cut;
  const oneSided = parts === 1 && c.int("onesided", 1) === 1;
  const flat = reshape(b, weighted, [batch, frames, frame, parts]);
  return fourier(b, flat, 2, { length: frame, inverse: false, oneSided });
};

function windowOf(c: OnnxCall, frame: number): ValueId {
  const size = c.shapeOf(2)[0];
  if (size < frame) throw new OperatorError(`a window of ${size} does not fit frames of ${frame}`);
  return slice(c.builder, c.input(2), 0, 0, frame);
}

export const signalRules: OnnxTable = {
  HannWindow: window(HANN),
  HammingWindow: window(HAMMING),
  BlackmanWindow: window(BLACKMAN),
  MelWeightMatrix: (c) => {
    const [melBins, length, rate, low, high] = [0, 1, 2, 3, 4].map((i) => c.constantNumber(i));
    return c.builder.constant({ dtype: resultType(c), ...melWeights(melBins, length, rate, low, high) });
  },
  DFT: dft,
  STFT: stft,
};
