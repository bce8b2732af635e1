import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { loadCurve, snarkjs } from "../contracts/helpers/snarkjs.js";

/** Writes powers of tau with one contribution, prepared for phase 2, as snarkjs makes them. */
export async function writeContributedPowersOfTau(power: number, path: string): Promise<void> {
  const curve = await loadCurve();
  const { newAccumulator, contribute, preparePhase2 } = snarkjs.powersOfTau;
  await newAccumulator(curve, power, `${path}.0`);
  await contribute(`${path}.0`, `${path}.1`, "test", randomBytes(32).toString("hex"));
  await preparePhase2(`${path}.1`, path);
  for (const step of [0, 1]) await rm(`${path}.${step}`);
}
