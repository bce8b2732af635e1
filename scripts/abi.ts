import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { keccak256 } from "ethers";
import type { TaskOverrideActionFunction } from "hardhat/types/tasks";

/** Contracts that programs call: ours, without libraries, tests and examples. */
const PUBLIC = /^contracts\/(adapters\/)?\w+\.sol:(\w+)$/;

/** Contracts that money is given to: a client looks at their code. */
const PAID = ["ModelRegistry", "InferenceEscrow"];

/**
 * Runs the build, and writes from its artifacts the ABIs of `torch2circom/abi`, as types that viem and wagmi read, and what
 * the client knows the contracts' code by.
 */
const build: TaskOverrideActionFunction = async (args, hre, runSuper) => {
  const result: unknown = await runSuper(args);
  const names = [...(await hre.artifacts.getAllFullyQualifiedNames())].filter((name) => PUBLIC.test(name));
  const parts: string[] = [];
  for (const name of names.sort()) {
    const { abi, contractName } = await hre.artifacts.readArtifact(name);
    parts.push(`export const ${variable(contractName)} = ${JSON.stringify(abi, asCalled, 2)} as const;\n`);
  }
  const write = (name: string, text: readonly string[]) =>
    writeChanged(join(hre.config.paths.root, "types", name), [HEADER, ...text].join("\n"));
  await write("abi.ts", parts);
  if (names.length === 0) return result;
  const codes: Record<string, unknown> = {};
  const made: Record<string, string> = {};
  for (const name of PAID) {
    const artifact = await hre.artifacts.readArtifact(name);
    codes[name] = describeCode(artifact);
    made[name] = artifact.bytecode;
  }
  await write("runtimeCode.ts", [
    `export const RUNTIME_CODE = ${JSON.stringify(codes, null, 2)} as const;\n`,
  ]);
  // A file of its own: what deploys nothing need not carry it.
  await write("creationCode.ts", [
    `export const CREATION_CODE = ${JSON.stringify(made, null, 2)} as const;\n`,
  ]);
  return result;
};

/** What calls need: names of types in Solidity are for readers of sources, and browsers load all of it. */
const asCalled = (key: string, value: unknown) => (key === "internalType" ? undefined : value);

const HEADER = "// Written by scripts/abi.ts from the artifacts of the build.\n";

interface Compiled {
  readonly deployedBytecode: string;
  readonly immutableReferences?: Readonly<Record<string, readonly { start: number; length: number }[]>>;
}

/**
 * A contract's code on a chain: its hash with zeros for immutables, as the compiler leaves them, and where these words are:
 * the places of each, in the order of declaration, which the compiler's numbers of them have.
 */
function describeCode({ deployedBytecode, immutableReferences = {} }: Compiled) {
  const declared = Object.entries(immutableReferences).sort(([a], [b]) => Number(a) - Number(b));
  const immutables = declared.map(([, places]) => places.map(({ start }) => start).sort((a, b) => a - b));
  return { hash: keccak256(deployedBytecode), immutables };
}

async function writeChanged(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if ((await readFile(path, "utf8").catch(() => undefined)) !== text) await writeFile(path, text);
}

/** `inferenceEscrowAbi` of InferenceEscrow, `erc8183EvaluatorAbi` of ERC8183Evaluator. */
function variable(contract: string): string {
  return `${contract.replace(/^([A-Z]+(?=\d)|[A-Z])/, (start) => start.toLowerCase())}Abi`;
}

export default build;
