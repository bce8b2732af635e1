import { arithmetic } from "./aten/arithmetic.js";
import type { AtenCase } from "./aten/case.js";
import { computed } from "./aten/computed.js";
import { cells, creations } from "./aten/creation.js";
import { forms } from "./aten/forms.js";
import { further } from "./aten/further.js";
import { linear } from "./aten/linear.js";
import { movements } from "./aten/movement.js";
import { pointwise } from "./aten/pointwise.js";
import { quantized } from "./aten/quantized.js";
import { rarer } from "./aten/rarer.js";
import { recurrents } from "./aten/recurrent.js";
import { norms, reductions } from "./aten/reduction.js";
import { spatial } from "./aten/spatial.js";

/** Each operator of PyTorch that models use, in some applications that show the edges of its options. */
export const atenCases: readonly (readonly [string, AtenCase])[] = [
  ...pointwise,
  ...arithmetic,
  ...reductions,
  ...norms,
  ...spatial,
  ...linear,
  ...movements,
  ...recurrents,
  ...forms,
  ...creations,
  ...cells,
  ...further,
  ...rarer,
  ...quantized,
  ...computed,
];
