import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "./output.js";

interface Arguments {
  job: string;
  account: number;
  deposit: boolean;
  anyway: boolean;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { account, deposit, anyway } = args;
  const result = await hre.torch2circom.accept(args.job, { account, deposit, anyway });
  print(result, args.json, ({ jobId, provider, file }) => [
    `Accepted job ${jobId} for ${provider}`,
    `Give the client this file: torch2circom:request funds the job with it (--offer): ${file}`,
  ]);
}
