import { uniform } from "./bounds.js";
import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { count, integer } from "./fields.js";
import { marked, wholeRows } from "./slice.js";

/** out[i] = the lowest j with x[i * classes + j] maximal. */
export interface ArgmaxOperation extends OperationBase {
  readonly kind: "argmax";
  readonly input: TensorId;
  readonly classes: number;
}

export const argmax: OperationDefinition<ArgmaxOperation> = {
  fields: { input: integer, classes: count },
  operands: ({ input }) => [input],
  execute: ({ size, classes }, [x]) =>
    Float64Array.from({ length: size }, (_, i) => {
      let best = 0;
      for (let j = 1; j < classes; j++) if (x[i * classes + j] > x[i * classes + best]) best = j;
      return best;
    }),
  intervals: ({ size, classes }) => uniform(size, 0, classes - 1),
  slice({ classes }, wanted) {
    const kept = marked(wanted);
    return { kept, reads: [wholeRows(kept, classes)] };
  },
};
