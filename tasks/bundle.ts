import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "./output.js";

interface Arguments {
  build: string;
  model?: string;
  out?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { build, model, out, json } = args;
  print(await hre.torch2circom.bundle(build, { model, out }), json, ({ path, sha256, bytes }) => [
    `Wrote ${path}, ${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`,
    `sha256 ${sha256}: publish it with the archive`,
  ]);
}
