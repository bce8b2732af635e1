import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Torch2CircomConfig } from "../config/types.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { ProcessPool } from "../progress/pool.js";
import type { Prover } from "./prover.js";
import { rapidsnarkProver, REMEDY } from "./rapidsnark.js";
import { snarkjsProver } from "./snarkjsProver.js";

/** The name under which rapidsnark is looked for: that of its own executable, `prover`, could be anything's. */
const EXECUTABLE = "rapidsnark";

/**
 * The prover of a configuration: the one that it names; else rapidsnark, if it gives its path or an executable of that
 * name is on the PATH; else snarkjs.
 *
 * @param options the processes of snarkjs, by default those that this process shares; and the folders of the PATH
 * @throws Torch2CircomError if rapidsnark is asked for, and is not there or not executable
 */
export async function chooseProver(
  { prover, rapidsnark }: Pick<Torch2CircomConfig, "prover" | "rapidsnark">,
  { pool, path = process.env.PATH ?? "" }: { pool?: ProcessPool; path?: string } = {},
): Promise<Prover> {
  if (prover === "snarkjs") return snarkjsProver(pool);
  const binary = rapidsnark ?? (await findOnPath(path));
  if (binary === undefined && prover === undefined) return snarkjsProver(pool);
  if (binary !== undefined && (await isExecutable(binary))) return rapidsnarkProver(binary, pool);
  throw new Torch2CircomError(
    "PROVER_FAILED",
    binary === undefined ? "rapidsnark is not on the PATH" : `${binary} is not an executable file`,
    REMEDY,
  );
}

/** Path of the executable of rapidsnark: that of the configuration, or one on the PATH; undefined where there is none. */
export async function findRapidsnark(
  { rapidsnark }: Pick<Torch2CircomConfig, "rapidsnark">,
  path = process.env.PATH ?? "",
): Promise<string | undefined> {
  const binary = rapidsnark ?? (await findOnPath(path));
  return binary !== undefined && (await isExecutable(binary)) ? binary : undefined;
}

async function findOnPath(path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((name) => name !== "")) {
    const binary = join(folder, EXECUTABLE);
    if (await isExecutable(binary)) return binary;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  if (file?.isFile() !== true) return false;
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
