import { join, resolve } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { modelPaths } from "../src/artifacts/paths.js";
import { writeWhole } from "../src/artifacts/writeFile.js";
import { createProgress, inStage } from "../src/progress/progress.js";
import { describeAnswer, print, required, wholeNumbers } from "./output.js";

interface Arguments {
  model: string;
  samples?: string;
  index: number;
  job?: string;
  payee?: string;
  out?: string;
  segment?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  if (args.segment !== undefined) return proveSegments(args, args.segment, hre);
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

async function proveSegments(
  { model, job, payee, json }: Arguments,
  which: string,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const result = await hre.torch2circom.proveSegments(model, {
    job: required(job, "job", "0x…"),
    payee: required(payee, "payee", "0x…"),
    segments: which === "all" ? undefined : wholeNumbers(which, "segment"),
    progress: createProgress({ silent: json }),
  });
  print(result, json, ({ file, proven, missing }) => [
    `Proven: ${proven.join(", ")}; missing: ${missing.length === 0 ? "none" : missing.join(", ")}`,
    `The proofs are in ${file}`,
  ]);
}
