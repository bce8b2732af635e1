import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "../output.js";
import { untilSignal } from "./signals.js";

interface Arguments {
  models: string[];
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const named = args.models.length === 0 ? undefined : args.models;
  const prover = await hre.torch2circom.service.work({ models: named });
  const { models, isShared } = prover;
  print({ models, isShared }, args.json, () => [
    `Proving ${models.join(", ")} for the service of ${isShared ? "DATABASE_URL" : "this folder: its embedded database serves this machine only"}`,
    "Ctrl-C ends it after the proof in hand, a second one at once.",
  ]);
  await untilSignal(prover);
}
