import { attack } from "../../src/attack/attack.js";
import { Jacobian } from "../../src/attack/jacobian.js";
import { kernelAt } from "../../src/attack/kernel.js";
import { Trials } from "../../src/attack/trials.js";
import type { AttackTarget } from "../../src/attack/types.js";
import { BUILDS, type Deletion, deletions, OF_CONSTRAINTS } from "../../test/attack/deletions.js";
import { withoutConstraint } from "../../test/attack/target.js";

// What the attack is worth: constraints of finished builds are deleted one at a time, at random, and the attack has a
// few seconds to find that they are gone. `npm run bench attack [deletions in all] [seconds each] [seed]`.

const [total = 200, seconds = 3, seed = 1] = process.argv.slice(2).map(Number);
const builds = Object.entries(BUILDS);
const count = Math.ceil(total / builds.length);
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

/** Why a deletion was missed, as far as the samples tell. */
function reasonOf(target: AttackTarget, constraint: number): string {
  const broken = { ...target, r1cs: withoutConstraint(target.r1cs, constraint) };
  const { stepOfConstraint } = new Trials(broken).cells;
  const witnesses = [target.witness, ...target.donors];
  const row = new Set(new Jacobian(target.r1cs, target.witness).wiresOf(constraint));
  const moving = witnesses.filter((witness) =>
    kernelAt(new Jacobian(broken.r1cs, witness), target.signals, stepOfConstraint).some(({ moves }) =>
      [...moves.keys()].some((wire) => row.has(wire)),
    ),
  ).length;
  return moving > 0
    ? `wires of it move at ${moving} of ${witnesses.length} samples, but such wires are documented as free`
    : `at all ${witnesses.length} samples the other constraints pin its wires to first order; if there is a second witness, it is not near, and was not found`;
}

const found = new Map<string, number>();
let all = 0;
let caught = 0;
let tangents = 0;
let slowest = 0;
console.log(
  `${count} deletions in each of ${builds.length} builds, seed ${seed}, ${seconds} s for each attack\n`,
);
for (const [name, make] of builds) {
  const target = await make();
  const honest = await attack(target, { seconds: 2 * seconds, families: OF_CONSTRAINTS });
  if (honest.found > 0) throw new Error(`${name}: a false alarm, ${JSON.stringify(honest.families)}`);
  const missed: Deletion[] = [];
  const own = new Map<string, number>();
  let time = 0;
  let tried = 0;
  for await (const deletion of deletions(target, { count, seed, seconds })) {
    tried++;
    time += deletion.seconds;
    slowest = Math.max(slowest, deletion.seconds);
    if (deletion.holes.size === 0) missed.push(deletion);
    for (const id of deletion.holes.keys()) own.set(id, (own.get(id) ?? 0) + 1);
    const holes = [...deletion.holes.values()].flat();
    if (holes.length > 0 && holes.every(({ evidence }) => evidence.includes("(tangent)"))) tangents++;
  }
  all += tried;
  caught += tried - missed.length;
  for (const [id, times] of own) found.set(id, (found.get(id) ?? 0) + times);
  console.log(
    `${name}: ${target.r1cs.constraints.toLocaleString("en")} constraints; no false alarm in ${honest.tried.toLocaleString("en")} tries; ` +
      `${tried - missed.length} of ${tried} deletions found (${percent(tried - missed.length, tried)}), ${(time / tried).toFixed(1)} s each`,
  );
  for (const { id } of OF_CONSTRAINTS)
    if (own.has(id)) console.log(`    ${id.padEnd(9)}${percent(own.get(id)!, tried).padStart(8)}`);
  for (const { constraint, text } of missed) {
    console.log(`    missed ${constraint}: ${text}`);
    console.log(`      ${reasonOf(target, constraint)}`);
  }
}
console.log(
  `\n${caught} of ${all} deletions found: ${percent(caught, all)}; the slowest attack took ${slowest.toFixed(1)} s`,
);
console.log(
  `${caught - tangents} by a second witness that is accepted, ${tangents} as wires that are not pinned only`,
);
for (const { id, title } of OF_CONSTRAINTS)
  console.log(`    ${id.padEnd(9)}${percent(found.get(id) ?? 0, all).padStart(8)}  ${title}`);
