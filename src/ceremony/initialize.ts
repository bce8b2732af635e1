import { stat } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import { toolVersions } from "../artifacts/toolVersions.js";
import { SNARKJS_THREAD } from "../groth16/snarkjsLog.js";
import { readKeyHeader } from "../phase2/keyHeader.js";
import { requireUnchanged } from "../phase1/same.js";
import type { PowersOfTau } from "../phase1/source.js";
import { runInThread } from "../progress/thread.js";
import type { KeyedCircuit } from "./circuits.js";
import type { InitEntry } from "./entries.js";
import { beginCeremony, inWorkFolder, whileLocked, type Ceremony } from "./folder.js";
import type { InitialKeyRun } from "./initialKeyThread.js";
import { now } from "./time.js";

/**
 * Begins the ceremony of a circuit: makes the key that has no contribution, and the first line of the transcript, which
 * names circuit, powers of tau and this key.
 *
 * @param circuit whose constraints are linked
 * @param ptau powers of tau that were checked: see `obtainPowersOfTau`
 * @param onLog gets what snarkjs says on its way
 * @throws Torch2CircomError if there is a ceremony already, or the powers of tau do not serve the circuit
 */
export async function initializeCeremony(
  circuit: KeyedCircuit,
  ptau: PowersOfTau,
  onLog?: (text: string) => void,
): Promise<Ceremony> {
  const { ceremony: folder } = circuit;
  return whileLocked(folder, () =>
    inWorkFolder(folder, async (work) => {
      const key = join(work, "initial.zkey");
      const r1cs = join(circuit.folder, "main.r1cs");
      const run: InitialKeyRun = { r1cs, ptau: ptau.path, key };
      const url = new URL("./initialKeyThread.js", import.meta.url);
      const csHash = await runInThread<string, string>(url, run, { ...SNARKJS_THREAD, onReport: onLog });
      await requireUnchanged(ptau);
      const { power, sha256, blake2b512 } = ptau;
      const { publics, wires, domainSize } = readKeyHeader(key);
      const entry: InitEntry = {
        type: "init",
        circuit: circuit.name,
        r1cs: await hashFile(r1cs),
        csHash,
        publicSignals: publics,
        wires,
        domain: domainSize,
        ptau: { power, bytes: (await stat(ptau.path)).size, sha256, blake2b512 },
        key: await hashFile(key),
        tools: toolVersions(),
        time: now(),
      };
      return beginCeremony(folder, entry, key);
    }),
  );
}
