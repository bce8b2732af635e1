import type { ValueId } from "../../../graph/types.js";
import type { OnnxCall } from "../call.js";

/** What an ONNX operator becomes: its results in order. Results that are left out may not be used by the model. */
export type OnnxRule = (call: OnnxCall) => ValueId | readonly ValueId[];

/** Rules by operator type, such as "Gemm". */
export type OnnxTable = Readonly<Record<string, OnnxRule>>;
