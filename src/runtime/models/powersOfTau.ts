import type { Project } from "../project.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { MAX_DOMAIN_POWER } from "../../groth16/field.js";
import { obtainPowersOfTau } from "../../phase1/obtain.js";
import { CEREMONY, parsePtau, type PowersOfTau } from "../../phase1/source.js";
import { createProgress } from "../../progress/progress.js";
import type { PowersOfTauOptions } from "../types.js";

/** Powers of tau as a build would take them, ahead of it. */
export async function powersOfTau(
  { config }: Pick<Project, "config">,
  power: number,
  { ptau, ptauSha256, progress = createProgress({ silent: true }) }: PowersOfTauOptions = {},
): Promise<PowersOfTau> {
  if (!(Number.isInteger(power) && power >= 1 && power <= MAX_DOMAIN_POWER))
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `There are no powers of tau for 2^${power} rows`,
      `Give a whole number from 1 to ${MAX_DOMAIN_POWER}: torch2circom:estimate says which a model needs.`,
    );
  const { cacheDir, ptau: configured = CEREMONY } = config.torch2circom;
  const source = ptau === undefined ? configured : parsePtau(ptau, ptauSha256);
  return obtainPowersOfTau({ source, size: 2 ** power - 1, cacheDir }, progress);
}
