import { attack, ATTACKS } from "../../src/attack/attack.js";
import { describeConstraint } from "../../src/attack/forger.js";
import { RandomStream } from "../../src/attack/random.js";
import type { AttackTarget, Hole } from "../../src/attack/types.js";
import type { AttackFamily } from "../../src/attack/family.js";
import { SMALL_MODELS } from "../helpers/models.js";
import { targetOf, withoutConstraint } from "./target.js";

const DENSE = SMALL_MODELS["dense, relu, dense"];
const CNN = SMALL_MODELS["grouped conv, relu, max pool, flatten, dense"];
const ATTENTION = SMALL_MODELS["embedding, attention with a mask, residual, layer norm"];
const EMBEDDING = SMALL_MODELS["embedding, gate, RMS norm, mean, pool"];

/** Small builds that have between them every gadget family, private weights, and every mode of inputs and outputs. */
export const BUILDS: Readonly<Record<string, () => Promise<AttackTarget>>> = {
  "conv, relu, max pool, dense, argmax": () => targetOf("attack_cnn", CNN(11), { output: "argmax" }),
  "attention with a mask, layer norm": () => targetOf("attack_attention", ATTENTION(11)),
  "embedding, gate, RMS norm, public input": () =>
    targetOf("attack_embedding_public", EMBEDDING(11), { inputMode: "public" }),
  "dense, private weights": () => targetOf("attack secret", DENSE(11), { secretWeights: true }),
  "dense, evaluated input, committed output": () =>
    targetOf("attack evaluated", DENSE(11), { inputMode: "evaluated", outputMode: "committed" }),
  "dense, encrypted output": () => targetOf("attack encrypted", DENSE(11), { outputMode: "encrypted" }),
};

/** Families that read the constraints: the others look at texts and keys, which a deletion leaves as they are. */
export const OF_CONSTRAINTS = ATTACKS.filter(({ id }) => id !== "E11" && id !== "E12");

/** What came of an attack on a circuit without one of its constraints. */
export interface Deletion {
  /** Its place among the deletions of the run. */
  readonly number: number;
  readonly constraint: number;
  readonly text: string;
  /** Holes by the family that found them; those that found none are left out. */
  readonly holes: ReadonlyMap<string, readonly Hole[]>;
  readonly seconds: number;
}

/** Deletes random constraints, one at a time, and attacks what is left. */
export async function* deletions(
  target: AttackTarget,
  { count, seed, seconds, enough, only, families = OF_CONSTRAINTS }: DeletionParameters,
): AsyncGenerator<Deletion> {
  const all = Array.from({ length: target.r1cs.constraints }, (_, constraint) => constraint);
  for (const [number, constraint] of new RandomStream(seed).shuffled(all).slice(0, count).entries()) {
    if (only?.has(number) === false) continue;
    const r1cs = withoutConstraint(target.r1cs, constraint);
    const report = await attack({ ...target, r1cs }, { seconds, enough, families, seed });
    const holes = report.families.filter((family) => family.holes.length > 0);
    yield {
      number,
      constraint,
      text: describeConstraint(target.r1cs, (wire) => target.signals.nameOf[wire], constraint),
      holes: new Map(holes.map((family) => [family.id, family.holes])),
      seconds: report.seconds,
    };
  }
}

interface DeletionParameters {
  readonly count: number;
  readonly seed: number;
  /** For each attack. */
  readonly seconds: number;
  /** Of holes of one family, as an attack takes it. */
  readonly enough?: number;
  /** Which deletions are made, by number. @default all */
  readonly only?: ReadonlySet<number>;
  readonly families?: readonly AttackFamily[];
}
