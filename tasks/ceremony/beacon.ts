import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { createProgress } from "../../src/progress/progress.js";
import { print } from "../output.js";
import { describeNext } from "./describe.js";

interface Arguments {
  model: string;
  announce?: string;
  relay?: string;
  signature?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { model, relay, signature, json } = args;
  const ceremonies = await hre.torch2circom.ceremony.beacon(model, {
    announce: announcement(args.announce),
    relay,
    signature,
    progress: createProgress({ silent: json }),
  });
  print(ceremonies, json, (all) => all.flatMap(describeNext));
}

/** "3600", "round=123" or "block=123". */
function announcement(text?: string): { seconds?: number; round?: number; block?: number } | undefined {
  if (text === undefined) return undefined;
  const [, what = "seconds", digits] = /^(?:(round|block)=)?(\d{1,12})$/.exec(text) ?? [];
  if (digits !== undefined) return { [what]: Number(digits) };
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `--announce ${text} names no randomness`,
    "Write --announce 3600 for a round of drand in an hour, --announce round=<number>, or --announce block=<number>.",
  );
}
