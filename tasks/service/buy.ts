import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bought } from "../../src/runtime/types.js";
import { createProgress } from "../../src/progress/progress.js";
import { describeAnswer, print } from "../output.js";

interface Arguments {
  url: string;
  model?: string;
  samples?: string;
  index: number;
  most?: string;
  token?: string;
  pay?: string;
  job?: string;
  account: number;
  timeout: number;
  final: boolean;
  allowSingleContributor: boolean;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { url, json, final, pay, ...options } = args;
  const bought = await hre.torch2circom.service.buy(url, {
    ...options,
    by: pay as "signature" | "transaction" | undefined,
    until: final ? "final" : "proven",
    progress: createProgress({ silent: json }),
  });
  print(bought, json, describe);
}

function describe({ jobId, outputs, paid, state, transaction, file }: Bought): string[] {
  return [
    `Bought the answer of job ${jobId} for ${paid}`,
    ...outputs.map(describeAnswer),
    `The proof verifies, for this input and this job; the job is ${state}${transaction === undefined ? "" : `, by transaction ${transaction}`}`,
    `Kept in ${file}`,
  ];
}
