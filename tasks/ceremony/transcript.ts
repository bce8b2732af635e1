import { floorLog2 } from "../../src/elementary/powersOfTwo.js";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeSource } from "../../src/ceremony/beaconSource.js";
import type { Entry } from "../../src/ceremony/entries.js";
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

function describeEntry(entry: Entry): string {
  switch (entry.type) {
    case "init":
      return `begun: ${entry.circuit}, 2^${floorLog2(entry.domain)} rows, powers of tau 2^${entry.ptau.power} (blake2b ${entry.ptau.blake2b512.slice(0, 16)}…)`;
    case "announce":
      return `announced: ${describeSource(entry.beacon)}, due at ${entry.due}`;
    case "contribution":
      return `contribution ${entry.index} by "${entry.name}": ${entry.hash}`;
    case "beacon":
      return `beacon: ${entry.randomness}`;
    case "final":
      return `finished: key ${entry.key}`;
  }
}
