import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TaskOverrideActionFunction } from "hardhat/types/tasks";

/** Contracts that programs call: ours, without libraries, tests and examples. */
const PUBLIC = /^contracts\/(adapters\/)?\w+\.sol:(\w+)$/;

/** Runs the build, and writes the ABIs of `torch2circom/abi`, from the artifacts, as types that viem and wagmi read. */
const build: TaskOverrideActionFunction = async (args, hre, runSuper) => {
  const result: unknown = await runSuper(args);
  const names = [...(await hre.artifacts.getAllFullyQualifiedNames())].filter((name) => PUBLIC.test(name));
  const parts: string[] = [];
  for (const name of names.sort()) {
    const { abi, contractName } = await hre.artifacts.readArtifact(name);
    parts.push(`export const ${variable(contractName)} = ${JSON.stringify(abi, null, 2)} as const;\n`);
  }
  const text = ["// Written by scripts/abi.ts from the artifacts of the build.\n", ...parts].join("\n");
  const path = join(hre.config.paths.root, "types", "abi.ts");
  await mkdir(dirname(path), { recursive: true });
  if ((await readFile(path, "utf8").catch(() => undefined)) !== text) await writeFile(path, text);
  return result;
};

/** `inferenceEscrowAbi` of InferenceEscrow, `erc8183EvaluatorAbi` of ERC8183Evaluator. */
function variable(contract: string): string {
  return `${contract.replace(/^([A-Z]+(?=\d)|[A-Z])/, (start) => start.toLowerCase())}Abi`;
}

export default build;
