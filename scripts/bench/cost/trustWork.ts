import { cp, rm, stat, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { hashFile } from "../../../src/artifacts/hash.js";
import { modelPaths, type ModelPaths } from "../../../src/artifacts/paths.js";
import { ceremonyFolder } from "../../../src/ceremony/circuits.js";
import { contributeAway } from "../../../src/ceremony/contributeAway.js";
import torch2circom from "../../../src/index.js";
import { readKeyHeader } from "../../../src/phase2/keyHeader.js";
import { snarkjsVerify } from "../../../src/phase2/snarkjsVerify.js";
import { verifyKey } from "../../../src/phase2/verifyKey.js";
import { writeDevelopmentPowersOfTau } from "../../../test/helpers/developmentPowersOfTau.js";
import { silent, type Prepare, type StageParameters, type TRUST_STAGES } from "./types.js";

const NAME = "bench";

/** A project whose only model is measured, in the folder of its stages. */
interface TrustBench {
  readonly hre: HardhatRuntimeEnvironment;
  readonly paths: ModelPaths;
  /** The file of powers of tau. */
  readonly ptau: string;
}

async function open({ folder }: StageParameters): Promise<TrustBench> {
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: NAME, type: "module" }));
  const cacheDir = join(folder, "cache");
  const config = { plugins: [torch2circom], torch2circom: { cacheDir } };
  const hre = await createHardhatRuntimeEnvironment(config, {}, folder);
  const paths = modelPaths(hre.config.torch2circom.outDir, NAME);
  return { hre, paths, ptau: join(folder, "powers.ptau") };
}

/** Powers of tau with a hash, which spares their verification. */
interface Powers {
  readonly ptau: string;
  readonly ptauSha256: string;
}

const vouchedFor = async ({ ptau }: TrustBench): Promise<Powers> => ({
  ptau,
  ptauSha256: await hashFile(ptau),
});

/** What a ceremony is at, by the names of copies of its folder. */
const STATES = ["begun", "taken", "finished"] as const;

/** A stage on a ceremony in a state: the first time as it is, then from a copy, since a stage may run several times. */
const at =
  (
    state: (typeof STATES)[number],
    work: (
      bench: TrustBench & StageParameters & { readonly key: string; readonly powers: Powers },
    ) => Promise<unknown>,
  ): Prepare =>
  async (parameters) => {
    const bench = await open(parameters);
    const [own, copy] = [ceremonyFolder(bench.paths.folder, NAME), join(parameters.folder, state)];
    const [from, to] = existsSync(copy) ? [copy, own] : [own, copy];
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true });
    const [{ key }] = await bench.hre.torch2circom.ceremony.transcript(NAME);
    const powers = await vouchedFor(bench);
    return silent(() => work({ ...parameters, ...bench, key, powers }));
  };

const contributed = (folder: string): string => join(folder, "contributed.zkey");

/** Of each step of a ceremony. */
export const TRUST_WORK: Readonly<Record<(typeof TRUST_STAGES)[number], Prepare>> = {
  "before init": async (parameters) => {
    const { hre, paths, ptau } = await open(parameters);
    const { source: model, samples } = parameters;
    return silent(async () => {
      await hre.torch2circom.build({ model, samples, name: NAME });
      // The record of their contribution is empty: no step that is measured reads it.
      await writeDevelopmentPowersOfTau(Math.log2(readKeyHeader(paths.zkey).domainSize), ptau, 1);
    });
  },
  init: async (parameters) => {
    const bench = await open(parameters);
    const { hre, paths } = bench;
    const powers = await vouchedFor(bench);
    const stale = [
      ceremonyFolder(paths.folder, NAME),
      ...STATES.map((state) => join(parameters.folder, state)),
    ];
    for (const path of stale) await rm(path, { recursive: true, force: true });
    return async () => {
      const [{ key }] = await hre.torch2circom.ceremony.init(NAME, powers);
      const { nonlinear, linear } = (await hre.torch2circom.manifest(NAME)).constraints;
      const { publics, domainSize } = readKeyHeader(key);
      const rows = nonlinear + linear + publics + 1;
      return { rows, power: Math.log2(domainSize), keyBytes: (await stat(key)).size };
    };
  },
  contribute: at("begun", async ({ key, folder }) => {
    const out = contributed(folder);
    await rm(out, { force: true });
    await contributeAway({ key, out, name: "bench" });
  }),
  "take in": at("begun", ({ hre, folder }) =>
    hre.torch2circom.ceremony.contribute(NAME, { from: [contributed(folder)] }),
  ),
  "verify, own": at("taken", async ({ key: zkey, paths: { r1cs }, ptau }) => {
    const { ok, steps } = await verifyKey({ r1cs, ptau, zkey });
    if (!ok) throw new Error(`the key does not verify: ${JSON.stringify(steps)}`);
  }),
  "verify, snarkjs": at("taken", async ({ key: zkey, paths: { r1cs }, ptau }) => {
    const { ok, log } = await snarkjsVerify({ r1cs, ptau, zkey });
    if (!ok) throw new Error(`snarkjs does not accept the key: ${log.join("; ")}`);
  }),
  finalize: at("taken", ({ hre, powers }) => hre.torch2circom.ceremony.finalize(NAME, powers)),
  audit: at("finished", async ({ hre, powers, source }) => {
    const { passed, steps } = await hre.torch2circom.audit(NAME, { model: source, ...powers });
    if (!passed) throw new Error(`the audit failed: ${JSON.stringify(steps)}`);
  }),
};
