import { basename } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { formatShape } from "../src/tensor/tensor.js";
import { printable } from "../src/import/exportRecipe.js";
import { describeDropped } from "../src/pipeline/dropped.js";
import { percent } from "../src/quantize/fidelity.js";
import type { Inspection } from "../src/runtime/types.js";
import { print, sizes } from "./output.js";
import { table } from "./terminal/table.js";

export default async function (
  { model, samples, size, json }: { model: string; samples?: string; size?: string; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const inspection = await hre.torch2circom.inspect(model, { samples, sizes: sizes(size) });
  print(inspection, json, (result) => [
    `${basename(model)}: ${result.formatDetail}, ${result.parameters.toLocaleString("en")} parameters`,
    ...result.inputs.map(
      ({ name, shape, dtype }) => `input  ${printable(name)} ${formatShape(shape)} ${dtype}`,
    ),
    ...result.outputs.map(
      ({ name, shape }) => `output ${printable(name)} ${shape === undefined ? "" : formatShape(shape)}`,
    ),
    ...table(
      result.layers.map(({ name, operator, shape }) => [
        operator,
        shape === undefined ? "" : formatShape(shape),
        name,
      ]),
      { indent: 2 },
    ),
    ...result.notices.map((notice) => `note: ${notice}`),
    ...result.unsupported.map(
      ({ operator, node, module, reason }) =>
        `not supported: ${operator} at ${node} (module "${module}"): ${reason}`,
    ),
    ...describeEstimate(result),
  ]);
}

/** All constraints by layer and by part, and bits and errors where samples show them. */
function describeEstimate({ estimate, obstacle }: Inspection): string[] {
  if (estimate === null)
    return [obstacle === undefined ? "It cannot be built as it stands." : `No estimate: ${obstacle}`];
  const { constraints, layers, parts, bits, greatestError, guesses, dropped } = estimate;
  const count = (value: number) => value.toLocaleString("en");
  const rows = [
    ...parts.map(({ part, ...row }) => ({ ...row, what: part })),
    ...layers.map(({ layer, ...row }) => ({ ...row, what: layer })),
  ].filter(({ nonlinear, linear }) => nonlinear + linear > 0);
  const { inputBits, weightBits, activationBits } = bits;
  const used = `${inputBits} bits of inputs, ${weightBits} of weights and ${activationBits} of activations`;
  return [
    ...guesses.map((guess) => `note: ${guess}`),
    ...(greatestError === null ? [] : [`outputs off by ${percent(greatestError)} of their range at most`]),
    `${greatestError === null ? "About " : ""}${count(constraints.nonlinear)} non-linear and ${count(constraints.linear)} linear constraints at ${used}:`,
    ...table(
      rows.map(({ what, gadget, nonlinear, linear }) => [
        count(nonlinear),
        count(linear),
        `${printable(what)} (${gadget})`,
      ]),
      { titles: ["non-linear", "linear", "part"], right: [0, 1], indent: 2 },
    ),
    ...describeDropped(dropped),
  ];
}
