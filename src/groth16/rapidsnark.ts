import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { safeParse } from "valibot";
import { encodeWitness, witnessElements } from "../circom/witnessFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { rapidsnarkProof } from "./forms.js";
import { requireKey } from "./prove.js";
import type { ProcessPool } from "../progress/pool.js";
import type { Prover } from "./prover.js";
import { snarkjsProver } from "./snarkjsProver.js";
import type { Proof } from "./types.js";

/** A proof takes less than a thousand characters. */
const MOST_PROOF_BYTES = 10_000;

export const REMEDY =
  'Give the path of `prover`, which rapidsnark builds, as `rapidsnark` in the configuration, or set `prover: "snarkjs"`.';

/** What is kept of what the binary says. */
const KEPT_OUTPUT = 500;

/**
 * rapidsnark's `prover`, a program of its own: it reads key and witness from files and writes the proof to one. Nothing
 * that it writes is believed: the public signals are the witness's own, and snarkjs verifies every proof.
 *
 * @param binary path of the executable.
 * @param pool of processes that verify. @default the ones that this process shares
 */
export function rapidsnarkProver(binary: string, pool?: ProcessPool): Prover {
  const { verify, close } = snarkjsProver(pool);
  return {
    name: "rapidsnark",
    async prove(zkey, witness, verificationKey) {
      await requireKey(zkey);
      const start = performance.now();
      const publicSignals = witnessElements(witness, 1, 1 + verificationKey.nPublic).map(String);
      const proof = await withFolder(async (folder) => {
        // The witness holds the private input: the folder is its owner's alone, and goes away.
        const wtns = join(folder, "witness.wtns");
        const written = join(folder, "proof.json");
        await writeFile(wtns, encodeWitness(witness), { mode: 0o600 });
        await run(binary, [resolve(zkey), wtns, written, join(folder, "public.json")]);
        return readProof(binary, written);
      });
      if (!(await verify(verificationKey, publicSignals, proof)))
        throw failed(
          `${binary} gives a proof that does not verify`,
          'If `prover: "snarkjs"` gives one that does, this is a rapidsnark of another version; else build the model again.',
        );
      return { proof, publicSignals, seconds: (performance.now() - start) / 1000 };
    },
    verify,
    close,
  };
}

function failed(problem: string, remedy: string, cause?: Error): Torch2CircomError {
  return new Torch2CircomError("PROVER_FAILED", problem, remedy, cause);
}

/** Runs the work in a new folder, which goes away with it, and with this process if that is told to end. */
async function withFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "torch2circom-proof-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const end = (signal: NodeJS.Signals): void => {
    remove();
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, end);
    process.kill(process.pid, signal);
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, end);
  try {
    return await work(folder);
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, end);
    remove();
  }
}

async function run(binary: string, args: readonly string[]): Promise<void> {
  const child = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => (said = (said + bytes.toString()).slice(-KEPT_OUTPUT)));
  const problem = await new Promise<string | undefined>((done, reject) => {
    child.on("error", (error) => reject(failed(`${binary} cannot be run (${error.message})`, REMEDY, error)));
    child.on("close", (code, signal) => done(code === 0 ? undefined : (signal ?? `code ${code}`)));
  });
  if (problem === undefined) return;
  const why = said.replace(/\s+/g, " ").trim();
  throw failed(
    `${binary} ended with ${problem}${why === "" ? "" : `: ${why}`}`,
    problem === "SIGKILL" ? `It may have run out of memory. ${REMEDY}` : REMEDY,
  );
}

async function readProof(binary: string, path: string): Promise<Proof> {
  const garbage = (cause?: Error): Torch2CircomError =>
    failed(
      `${binary} writes what is not a proof`,
      "Build rapidsnark from https://github.com/iden3/rapidsnark, and give the path of its `prover`.",
      cause,
    );
  try {
    if ((await stat(path)).size > MOST_PROOF_BYTES) throw garbage();
    // Old versions end the file with a zero byte.
    const parsed = safeParse(rapidsnarkProof, JSON.parse((await readFile(path, "utf8")).replace(/\0+$/, "")));
    if (!parsed.success) throw garbage();
    return { ...parsed.output, curve: "bn128" };
  } catch (error) {
    throw error instanceof Torch2CircomError ? error : garbage(error as Error);
  }
}
