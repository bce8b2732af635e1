import { access, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../artifacts/writeFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { requireUnchanged } from "../phase1/same.js";
import type { PowersOfTau } from "../phase1/source.js";
import { runInThread } from "../progress/thread.js";
import { SNARKJS_THREAD } from "./snarkjsLog.js";
import type { SetupOutcome, SetupReport, SetupRun } from "./setupThread.js";
import type { SetupKind, VerificationKey } from "./types.js";

export interface SetUpParameters {
  /** Path of the circuit. */
  readonly r1cs: string;
  /** Folder for `proving.zkey` and `verification_key.json`. */
  readonly outDir: string;
  /** Powers of tau that were checked: see `obtainPowersOfTau`. @default none: a development setup */
  readonly ptau?: Pick<PowersOfTau, "path" | "sha256" | "state">;
  /** Of a development setup: any text, by which keys have one phase 1, as those of a pipeline must. @default one of its own */
  readonly phaseOne?: string;
  /** Gets the fraction that is done, where it is known: in a development setup. */
  readonly onProgress?: (fraction: number) => void;
  /** What snarkjs says on its way. */
  readonly onLog?: (text: string) => void;
}

export interface SetUpReturnType {
  /** Path of the proving key. */
  readonly zkey: string;
  readonly verificationKey: VerificationKey;
  /** Path of the verification key. */
  readonly verificationKeyFile: string;
  /** Who could forge. Both kinds are for local chains, unless a user says otherwise. */
  readonly kind: SetupKind;
  /** snarkjs's hashes of the contributions to phase 2, in hexadecimal; none in a development setup. */
  readonly contributionHashes: readonly string[];
  /** sha256 of the powers-of-tau file, in hexadecimal; null in a development setup. */
  readonly ptauHash: string | null;
}

/**
 * Makes a circuit's proving and verification keys, in a thread of its own. Both files appear when they are complete.
 *
 * Without powers of tau, by secrets that this process samples and forgets (`development`). With them, by one
 * contribution of this process (`single-contributor`).
 *
 * @throws Torch2CircomError if the circuit is missing, damaged or too large, or the powers of tau cannot be used.
 */
export async function setUp(parameters: SetUpParameters): Promise<SetUpReturnType> {
  const { r1cs, outDir, ptau, onProgress, onLog } = parameters;
  await access(r1cs).catch((cause: Error) => {
    throw new Torch2CircomError(
      "FILE_NOT_READABLE",
      `The circuit ${r1cs} is not there`,
      "Compile it first.",
      cause,
    );
  });
  if (ptau !== undefined) await requireUnchanged(ptau);
  await mkdir(outDir, { recursive: true });
  const zkey = join(outDir, "proving.zkey");
  const run: SetupRun = { r1cs, zkey, ptau: ptau?.path, phaseOne: parameters.phaseOne };
  const { verificationKey, contributionHashes } = await runInThread<SetupOutcome, SetupReport>(
    new URL("./setupThread.js", import.meta.url),
    run,
    {
      ...SNARKJS_THREAD,
      // The secret of a contribution ends with its process.
      warm: ptau === undefined,
      onReport: (report) => {
        if (typeof report === "number") onProgress?.(report);
        else onLog?.(report);
      },
    },
  );
  if (ptau !== undefined)
    await requireUnchanged(ptau).catch(async (error: Error) => {
      await rm(zkey);
      throw error;
    });
  const verificationKeyFile = join(outDir, "verification_key.json");
  const kind: SetupKind = ptau === undefined ? "development" : "single-contributor";
  // The key says itself where it comes from; snarkjs passes over what it does not know.
  await writeWhole(verificationKeyFile, `${JSON.stringify({ setup: kind, ...verificationKey }, null, 2)}\n`);
  return {
    zkey,
    verificationKey,
    verificationKeyFile,
    kind,
    contributionHashes,
    ptauHash: ptau?.sha256 ?? null,
  };
}
