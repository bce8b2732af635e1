import { sameShape } from "../tensor/tensor.js";
import { broadcastData, commonShape } from "./binary.js";
import { constantOf, expect, inputOf, intOf, operandOf } from "./attributes.js";
import type { Operator } from "./operator.js";
import { roundHalfToEven } from "./special.js";

/**
 * quantize(x, scale, zeroPoint) = min(max(round(x / scale) + zeroPoint, min), max): the integers of a model that is
 * quantized already, which (integer - zeroPoint) · scale takes back to numbers. Scale and zero point are constants that
 * broadcast over x. A tie is rounded to the even number here, upwards on integers.
 */
const quantize: Operator = {
  name: "quantize",
  infer(inputs, attributes) {
    const [x, scale, zero] = [0, 1, 2].map((i) => inputOf(inputs, i));
    expect(sameShape(commonShape([x, scale, zero]), x.shape), "scale and zero point must broadcast over x");
    expect(intOf(attributes, "min") < intOf(attributes, "max"), "the integers must be two at least");
    return [{ dtype: "int", shape: x.shape }];
  },
  evaluate(inputs, attributes) {
    const type = quantize.infer(inputs, attributes)[0];
    const [min, max] = [intOf(attributes, "min"), intOf(attributes, "max")];
    const [scale, zero] = [1, 2].map((i) => broadcastData(inputOf(inputs, i), type.shape)) as [
      Float64Array,
      Float64Array,
    ];
    const data = inputOf(inputs, 0).data.map((x, i) =>
      Math.min(Math.max(roundHalfToEven(x / scale[i]) + zero[i], min), max),
    );
    return [{ ...type, data }];
  },
  // Whatever the operand's scales are, each element is brought to the step that the model gives it.
  scales: "any",
  lower({ lowering, site, inputs, attributes }) {
    const [scale, zero] = [1, 2].map((i) => broadcastData(constantOf(inputs, i), site.types[0].shape));
    expect(
      scale.every((s) => s > 0 && Number.isFinite(s)),
      "a scale must be positive",
    );
    const [min, max] = [intOf(attributes, "min"), intOf(attributes, "max")];
    return [lowering.quantize(site, operandOf(inputs, 0), { scale, zero, lo: min, hi: max })];
  },
};

export const quantizationOperators: readonly Operator[] = [quantize];
