import { basename } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { formatShape } from "../src/graph/tensor.js";
import { printable } from "../src/import/exportRecipe.js";
import type { Inspection } from "../src/runtime/types.js";
import { print, sizes } from "./output.js";

export default async function (
  { file, size, json }: { file: string; size?: string; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const inspection = await hre.torch2circom.inspect(file, { sizes: sizes(size) });
  print(inspection, json, (result) => [
    `${basename(file)}: ${result.formatDetail}, ${result.parameters.toLocaleString("en")} parameters`,
    ...result.inputs.map(
      ({ name, shape, dtype }) => `input  ${printable(name)} ${formatShape(shape)} ${dtype}`,
    ),
    ...result.outputs.map(
      ({ name, shape }) => `output ${printable(name)} ${shape === undefined ? "" : formatShape(shape)}`,
    ),
    ...result.layers.map(
      ({ name, operator, shape }) => `  ${operator} ${name} ${shape === undefined ? "" : formatShape(shape)}`,
    ),
    ...result.notices.map((notice) => `note: ${notice}`),
    ...result.unsupported.map(
      ({ operator, node, module, reason }) =>
        `not supported: ${operator} at ${node} (module "${module}"): ${reason}`,
    ),
    ...describeEstimate(result.estimate),
  ]);
}

/** Non-linear constraints a layer; ranges are guessed, so a build will differ a little. */
function describeEstimate(estimate: Inspection["estimate"]): string[] {
  if (estimate === null) return ["It cannot be built as it stands."];
  const { constraints, layers } = estimate;
  const layerLines = layers
    .filter(({ nonlinear }) => nonlinear > 0)
    .map(
      ({ layer, gadget, nonlinear }) =>
        `  ${nonlinear.toLocaleString("en").padStart(9)}  ${layer} (${gadget})`,
    );
  return [
    `About ${constraints.nonlinear.toLocaleString("en")} non-linear constraints at 8 bits, without samples:`,
    ...layerLines,
  ];
}
