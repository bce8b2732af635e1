import { join, resolve } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { modelPaths } from "../src/artifacts/paths.js";
import { writeWhole } from "../src/artifacts/writeFile.js";
import { createProgress, inStage } from "../src/progress/progress.js";
import { describeAnswer, print, required } from "./output.js";

interface Arguments {
  model: string;
  samples?: string;
  index: number;
  job?: string;
  payee?: string;
  out?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const subject =
    args.job === undefined
      ? { samples: args.samples, index: args.index }
      : { job: args.job, payee: required(args.payee, "payee", "0x…") };
  const result = await inStage(createProgress({ silent: args.json }), "Prove", () =>
    hre.torch2circom.prove(args.model, subject),
  );
  const { folder } = modelPaths(hre.config.torch2circom.outDir, args.model);
  const out = args.out === undefined ? join(folder, "proof.json") : resolve(args.out);
  const { proof, publicSignals, opening } = result;
  await writeWhole(out, `${JSON.stringify({ proof, publicSignals, opening }, null, 2)}\n`);
  print(result, args.json, ({ outputs, seconds }) => [
    `Proved in ${seconds.toFixed(1)} s: ${out}`,
    ...outputs.map(describeAnswer),
  ]);
}
