import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { createProgress } from "../src/progress/progress.js";
import { print, wholeNumber } from "./output.js";

interface Arguments {
  power: string;
  ptau?: string;
  ptauSha256?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { ptau, ptauSha256, json } = args;
  const file = await hre.torch2circom.powersOfTau(wholeNumber(args.power, "power")!, {
    ptau,
    ptauSha256,
    progress: createProgress({ silent: json }),
  });
  const { path, power, sha256, blake2b512 } = file;
  print({ path, power, sha256, blake2b512 }, json, () => [
    path,
    `2^${power} rows`,
    `sha256 ${sha256}`,
    `blake2b-512 ${blake2b512}`,
  ]);
}
