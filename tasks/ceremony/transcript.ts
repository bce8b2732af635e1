import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeEntry } from "../../src/ceremony/describe.js";
import { print } from "../output.js";
import { describeNext } from "./describe.js";

export default async function (
  { model, json }: { model: string; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const ceremonies = await hre.torch2circom.ceremony.transcript(model);
  print(ceremonies, json, (all) =>
    all.flatMap((one) => [
      ...one.transcript.lines.map(({ entry }) => `${entry.time}  ${describeEntry(entry)}`),
      ...describeNext(one),
    ]),
  );
}
