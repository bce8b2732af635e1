import { basename } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { formatShape } from "../src/graph/tensor.js";
import { print } from "./output.js";

export default async function (
  { file, json }: { file: string; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const inspection = await hre.torch2circom.inspect(file);
  print(inspection, json, ({ formatDetail, inputs, outputs, parameters, layers, unsupported, notices }) => [
    `${basename(file)}: ${formatDetail}, ${parameters.toLocaleString("en")} parameters`,
    ...inputs.map(({ name, shape, dtype }) => `input  ${name} ${formatShape(shape)} ${dtype}`),
    ...outputs.map(({ name, shape }) => `output ${name} ${shape === undefined ? "" : formatShape(shape)}`),
    ...layers.map(
      ({ name, operator, shape }) => `  ${operator} ${name} ${shape === undefined ? "" : formatShape(shape)}`,
    ),
    ...notices.map((notice) => `note: ${notice}`),
    ...unsupported.map(
      ({ operator, node, module, reason }) =>
        `not supported: ${operator} at ${node} (module "${module}"): ${reason}`,
    ),
  ]);
}
