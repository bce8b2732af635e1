import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashFile } from "../../src/artifacts/hash.js";
import type { KeyedCircuit } from "../../src/ceremony/circuits.js";
import { compileCircom } from "../../src/circom/compile.js";
import { obtainPowersOfTau } from "../../src/phase1/obtain.js";
import type { PowersOfTau } from "../../src/phase1/source.js";
import { createProgress } from "../../src/progress/progress.js";
import { writeContributedPowersOfTau } from "../helpers/contributedPowersOfTau.js";

const CIRCUIT = `pragma circom 2.1.6;
template Cube() {
  signal input a;
  signal output c;
  signal square <== a * a;
  c <== square * a + 5;
}
component main { public [a] } = Cube();`;

/** A small circuit of a build that was never made, and powers of tau for it. */
export async function smallCircuit(): Promise<{
  readonly folder: string;
  readonly circuit: KeyedCircuit;
  readonly ptau: PowersOfTau;
}> {
  const folder = await mkdtemp(join(tmpdir(), "ceremony-"));
  const own = join(folder, "cube");
  await mkdir(own);
  await writeFile(join(own, "main.circom"), CIRCUIT);
  const { r1cs } = await compileCircom({ main: join(own, "main.circom"), outDir: own });
  const path = join(folder, "powers.ptau");
  await writeContributedPowersOfTau(4, path);
  const source = { path, sha256: await hashFile(path) };
  const place = { source, size: 7, cacheDir: join(folder, "cache") };
  const ptau = await obtainPowersOfTau(place, createProgress({ silent: true }));
  const circuitHash = await hashFile(r1cs);
  const ceremony = { circuitHash, ptauHash: null, contributionHashes: [], beacon: null, tools: {} };
  return {
    folder,
    ptau,
    circuit: {
      name: "cube",
      folder: own,
      ceremony: join(own, "ceremony", "cube"),
      manifest: {
        constraints: { nonlinear: 2, linear: 0, wires: 4 },
        setup: "development",
        ceremony,
        setupHash: "",
        hashes: {},
      },
    },
  };
}
