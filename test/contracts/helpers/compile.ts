import { createRequire } from "node:module";
import type { InterfaceAbi } from "ethers";
import { SOLC } from "../../../ignition/solc.js";

interface Artifact {
  abi: InterfaceAbi;
  evm: { bytecode: { object: string } };
}

interface Output {
  errors?: { severity: string; formattedMessage: string }[];
  contracts: { [file: string]: { [contract: string]: Artifact } };
}

const require = createRequire(import.meta.url);
const solc = require("solc") as { compile(input: string): string };

/** Compiles one self-contained Solidity file with the project's settings; errors and warnings are errors. */
export function compileSolidity(content: string, contract: string): { abi: InterfaceAbi; bytecode: string } {
  const input = {
    language: "Solidity",
    sources: { "file.sol": { content } },
    settings: {
      ...SOLC.settings,
      outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
    },
  };
  const { errors = [], contracts } = JSON.parse(solc.compile(JSON.stringify(input))) as Output;
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
  const { abi, evm } = contracts["file.sol"][contract];
  return { abi, bytecode: `0x${evm.bytecode.object}` };
}
