import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groth16, zKey } from "snarkjs";
import { encodeWitness } from "../circom/witnessFile.js";
import type { CurveGroup } from "../groth16/curveGroup.js";
import { writeDevelopmentKey } from "../groth16/developmentSetup.js";
import { randomScalar } from "../groth16/field.js";
import { GeneratorTables } from "../groth16/generatorTables.js";
import { keyScalars } from "../groth16/keyScalars.js";
import { rapidsnarkProver } from "../groth16/rapidsnark.js";
import { serve } from "../progress/thread.js";
import { calibrationCircuit } from "./calibrationCircuit.js";
import { domainPower } from "./keySize.js";
import { fieldOperations, proofWork, type Rates } from "./rates.js";

export interface CalibrationRun {
  /** Path of rapidsnark, if it is there. */
  readonly rapidsnark?: string;
}

/** Bits of the two circuits: all start, and some seconds of work over 2^13 rows. */
const [SMALL, LARGE] = [16, 7200];

const WINDOW_BITS = 13;
const POINTS = 4096;

serve<CalibrationRun, Rates>(async ({ rapidsnark }) => {
  const folder = await mkdtemp(join(tmpdir(), "torch2circom-calibration-"));
  try {
    const startSeconds = cpuSeconds();
    const [small, large] = [SMALL, LARGE].map(calibrationCircuit);
    const smallKey = join(folder, "small.zkey");
    const largeKey = join(folder, "large.zkey");
    await writeDevelopmentKey(small.r1cs, smallKey);
    const withoutThreads = cpuSeconds();
    // The first that starts snarkjs's threads, as a first proof does.
    const verificationKey = await zKey.exportVerificationKey(smallKey);
    const keyStartSeconds = cpuSeconds();
    const threadSeconds = keyStartSeconds - withoutThreads;
    await writeDevelopmentKey(large.r1cs, largeKey);
    const proof = (key: string, witness: readonly bigint[]) => () =>
      groth16.prove(key, { type: "mem", data: encodeWitness(witness) });
    const proofStart = startSeconds + threadSeconds + (await cpuOf(proof(smallKey, small.witness)));
    const rest = await cpuOf(proof(largeKey, large.witness));
    const rates = {
      startSeconds,
      keyStartSeconds,
      fieldSeconds:
        (await cpuOf(() => keyScalars(large.r1cs, 2 ** domainPower(large.size), secrets()))) /
        fieldOperations(large.size),
      sumSeconds: { G1: await secondsPerSum("G1"), G2: await secondsPerSum("G2") },
      snarkjs: { start: proofStart, perUnit: rest / proofWork(large.size) },
    };
    if (rapidsnark === undefined) return rates;
    const prover = rapidsnarkProver(rapidsnark);
    const key = await zKey.exportVerificationKey(largeKey);
    const time = async (path: string, circuit: typeof large, verifiedBy: typeof key) =>
      (await prover.prove(path, circuit.witness, verifiedBy)).seconds;
    const first = await time(smallKey, small, verificationKey);
    const start = Math.min(first, await time(smallKey, small, verificationKey));
    const perUnit = Math.max(0, (await time(largeKey, large, key)) - start) / proofWork(large.size);
    prover.close();
    return { ...rates, rapidsnark: { start, perUnit } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Of this process since it was started, its threads included: work of others does not count. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = cpuSeconds();
  await work();
  return cpuSeconds() - before;
}

function secrets() {
  return { tau: randomScalar(), alpha: randomScalar(), beta: randomScalar(), delta: randomScalar() };
}

/** Products with random scalars by a table that is ready. */
async function secondsPerSum(group: CurveGroup["name"]): Promise<number> {
  const tables = new GeneratorTables();
  const scalars = new Uint8Array(randomBytes(32 * POINTS));
  // Below the order of the field.
  for (let at = 31; at < scalars.length; at += 32) scalars[at] &= 0x1f;
  const run = { group, bits: WINDOW_BITS, scalars };
  await tables.multiply({ ...run, scalars: scalars.subarray(0, 32) });
  const seconds = await cpuOf(() => tables.multiply(run));
  return seconds / (Math.ceil(255 / WINDOW_BITS) * POINTS);
}
