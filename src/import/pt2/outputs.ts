import type { ExportedProgram } from "./program.js";

/**
 * Names for those of a program's outputs that are tensors: the keys where the model returns a flat dict, else "output", or "output_0" and so on.
 * The program's own names ("linear_1") say nothing about the model.
 */
export function outputNames(program: ExportedProgram, isTensor: readonly boolean[]): string[] {
  const keys = dictKeys(program);
  if (keys?.length === isTensor.length) return keys.filter((_, i) => isTensor[i]);
  const count = isTensor.filter((is) => is).length;
  return count === 1 ? ["output"] : Array.from({ length: count }, (_, i) => `output_${i}`);
}

function dictKeys(program: ExportedProgram): string[] | undefined {
  const root = program.graph_module.module_call_graph.find(({ fqn }) => fqn === "");
  try {
    const [, spec] = JSON.parse(root?.signature?.out_spec ?? "[]") as [
      number,
      { type?: unknown; context?: unknown }?,
    ];
    if (spec?.type !== "builtins.dict" || typeof spec.context !== "string") return undefined;
    const keys = JSON.parse(spec.context) as unknown;
    return Array.isArray(keys) && keys.every((key) => typeof key === "string") ? keys : undefined;
  } catch {
    // A specification in another form names nothing.
    return undefined;
  }
}
