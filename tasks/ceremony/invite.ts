import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "../output.js";

interface Arguments {
  model: string;
  count: number;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { model, count, json } = args;
  const invitations = await hre.torch2circom.ceremony.invite(model, { count });
  print({ invitations }, json, () => [
    "Give each to one contributor, who passes it with --invitation. They are shown once: only their hashes are kept.",
    ...invitations,
  ]);
}
