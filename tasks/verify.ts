import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { modelPaths } from "../src/artifacts/paths.js";
import { readProofFile } from "../src/groth16/files.js";
import { describeAnswer, describeHidden, print } from "./output.js";

export default async function (
  args: { model: string; proof?: string; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { folder } = modelPaths(hre.config.torch2circom.outDir, args.model);
  const file = args.proof ?? join(folder, "proof.json");
  const onChain = hre.globalOptions.network !== undefined;
  const result = await hre.torch2circom.verify(args.model, await readProofFile(file), onChain);
  const { outputMode } = await hre.torch2circom.manifest(args.model);
  print(result, args.json, ({ valid, validOnChain, outputs }) => [
    valid ? "The proof is valid." : "The proof is NOT valid.",
    ...(validOnChain === undefined ? [] : [`The registry says: ${validOnChain ? "valid" : "NOT valid"}.`]),
    ...(valid && outputs === undefined ? [describeHidden(outputMode)] : []),
    ...(outputs ?? []).map(describeAnswer),
  ]);
  if (!result.valid || result.validOnChain === false) process.exitCode = 1;
}
