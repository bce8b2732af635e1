import { chooseProver } from "../groth16/chooseProver.js";
import type { Prover } from "../groth16/prover.js";
import type { Torch2CircomConfig } from "../config/types.js";
import type { Project } from "./project.js";

const provers = new WeakMap<Torch2CircomConfig, Promise<Prover>>();

/**
 * The prover that all actions of a project share.
 *
 * @throws Torch2CircomError if the configuration asks for one that is not there
 */
export async function proverOf({ config }: Project): Promise<Prover> {
  const { torch2circom } = config;
  const prover = provers.get(torch2circom) ?? chooseProver(torch2circom);
  provers.set(torch2circom, prover);
  try {
    return await prover;
  } catch (error) {
    provers.delete(torch2circom);
    throw error;
  }
}
