import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { createProgress } from "../../src/progress/progress.js";
import { print } from "../output.js";
import { describeNext } from "./describe.js";

interface Arguments {
  model: string;
  ptau?: string;
  ptauSha256?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { model, ptau, ptauSha256, json } = args;
  const progress = createProgress({ silent: json });
  const ceremonies = await hre.torch2circom.ceremony.init(model, { ptau, ptauSha256, progress });
  print(ceremonies, json, (all) => all.flatMap(describeNext));
}
