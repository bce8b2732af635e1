import * as ort from "onnxruntime-web";
import type { Tensor } from "../../../src/tensor/types.js";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "fatal";

/** Runs an ONNX model once in onnxruntime: a reference that shares nothing with ours. Outputs come as doubles. */
export async function runOnnx(
  model: Uint8Array,
  inputs: ReadonlyMap<string, Tensor>,
  externalData: { path: string; data: Uint8Array }[] = [],
): Promise<Map<string, { shape: readonly number[]; data: Float64Array }>> {
  const session = await ort.InferenceSession.create(model, { externalData, logSeverityLevel: 4 });
  try {
    const feeds = Object.fromEntries([...inputs].map(([name, tensor]) => [name, toOrt(tensor)]));
    const results = await session.run(feeds);
    return new Map(
      Object.entries(results).map(([name, { dims, data }]) => [
        name,
        { shape: dims, data: Float64Array.from(data as Float32Array, Number) },
      ]),
    );
  } finally {
    await session.release();
  }
}

function toOrt({ dtype, shape, data }: Tensor): ort.Tensor {
  if (dtype === "int") return new ort.Tensor("int64", BigInt64Array.from(data, BigInt), [...shape]);
  return new ort.Tensor("float32", Float32Array.from(data), [...shape]);
}
