import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { createProgress } from "../../src/progress/progress.js";
import { print } from "../output.js";
import { describeNext } from "./describe.js";

interface Arguments {
  model: string;
  from?: string;
  name?: string;
  entropy?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { model, from, name, entropy, json } = args;
  const ceremonies = await hre.torch2circom.ceremony.contribute(model, {
    from: from?.split(",").map((file) => file.trim()),
    name,
    typed: entropy,
    progress: createProgress({ silent: json }),
  });
  print(ceremonies, json, (all) =>
    all.flatMap((one) => [
      `Contribution hash, to be published: ${one.transcript.contributions.at(-1)!.hash}`,
      ...describeNext(one),
    ]),
  );
}
