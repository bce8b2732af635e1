import { checkWitness } from "../circom/r1cs.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { createProgress, inStage, type Progress } from "../progress/progress.js";
import { attention, indices } from "./families/operands.js";
import { binding, inputs, unconstrained } from "./families/binding.js";
import { aliases, maxima, remainders } from "./families/decompositions.js";
import { followed, hash, products } from "./families/follow.js";
import { intervals } from "./families/intervals.js";
import { kernel } from "./families/kernel.js";
import { key } from "./families/key.js";
import { otherWeights, outputs } from "./families/outputs.js";
import { search } from "./families/search.js";
import { Trials } from "./trials.js";
import type { AttackReport, AttackTarget, FamilyReport } from "./types.js";
import type { AttackFamily } from "./family.js";

/** All families, in the order in which they are run: the last two take the time that is left. */
export const ATTACKS: readonly AttackFamily[] = [
  outputs,
  aliases,
  remainders,
  inputs,
  binding,
  otherWeights,
  unconstrained,
  maxima,
  indices,
  attention,
  intervals,
  key,
  kernel,
  hash,
  products,
  followed,
  search,
];

export interface AttackParameters {
  /** Time for the whole run. Directed attacks are all made, however long they take. @default 30 */
  readonly seconds?: number;
  /** Of the random choices. @default 1 */
  readonly seed?: number;
  /** The clock by which time is counted, in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Of holes of one family: its searches end with so many. @default 20 */
  readonly enough?: number;
  /** @default all */
  readonly families?: readonly AttackFamily[];
  readonly progress?: Progress;
}

/**
 * Forges witnesses of a circuit and looks whether its constraints refuse each of them. The witness generator has no say.
 *
 * @throws Torch2CircomError if the honest witness is refused already
 */
export async function attack(target: AttackTarget, parameters: AttackParameters = {}): Promise<AttackReport> {
  const { seconds = 30, seed = 1, families = ATTACKS, now = () => performance.now() } = parameters;
  const progress = parameters.progress ?? createProgress({ silent: true });
  const start = now();
  for (const witness of [target.witness, ...target.donors]) {
    if (checkWitness(target.r1cs, witness) >= 0)
      throw new Torch2CircomError(
        "BUILD_DAMAGED",
        `An honest witness of ${target.name} violates a constraint`,
        "The build is damaged: build the model again.",
      );
  }
  const trials = new Trials(target, seed, parameters.enough);
  const reports: FamilyReport[] = [];
  for (const family of families) {
    const report = await inStage(
      progress,
      `${family.id} ${family.title}`,
      async (update) => {
        // The search gets a quarter of the time even if the directed attacks took it all.
        const deadline = Math.max(start + 1000 * seconds, now() + 250 * seconds);
        const control = { deadline, now, update: pause(update) };
        const skipped = await family.run(target, trials, control);
        if (skipped !== undefined) trials.note(skipped);
        return trials.close(family);
      },
      describeFamily,
    );
    reports.push(report);
  }
  return {
    model: target.name,
    constraints: target.r1cs.constraints,
    wires: target.r1cs.wireCount,
    tried: reports.reduce((sum, { tried }) => sum + tried, 0),
    seconds: (now() - start) / 1000,
    families: reports,
    found: reports.reduce((sum, { holes }) => sum + holes.length, 0),
  };
}

/** Shows the fraction that is done, and lets a progress bar draw itself. */
function pause(update: (fraction: number) => void): (fraction: number) => Promise<void> {
  return async (fraction) => {
    update(fraction);
    await new Promise((resolve) => setImmediate(resolve));
  };
}

/** "312 tried, 312 refused". */
export function describeFamily({ tried, refused, free, holes, notes }: FamilyReport): string {
  if (tried === 0) return `not tried: ${notes.join("; ")}`;
  const counts = `${tried.toLocaleString("en")} tried, ${refused.toLocaleString("en")} refused`;
  if (holes.length > 0) return `${counts}, ${(tried - refused).toLocaleString("en")} ACCEPTED`;
  return free.length > 0 ? `${counts}, the others move documented free hints only` : counts;
}
