import { Random } from "../../random/random.js";
import { type Call, type Job, jobIdOf, type Outcome, type Reason, textOf } from "./calls.js";
import type { Actual } from "./chain.js";
import { Generator } from "./generate.js";
import type { Ledger } from "./ledger.js";
import type { System } from "./system.js";
import type { Habit } from "./world.js";

/** How often the ledger is compared with all that the chain has. */
const AUDIT = 250;

export interface Run {
  readonly seed: number;
  readonly calls: number;
  /** Of the tokens. @default all */
  readonly habits?: readonly Habit[];
}

/** What a run saw, by action: calls that were done, and what the others were refused for. */
export interface Tally {
  calls: number;
  /** Refusals for which the ledger knew one reason only. */
  exact: number;
  refused: number;
  readonly done: Map<string, number>;
  readonly reasons: Map<string, number>;
  /** The same of what puppets did when they were called; "done" where it succeeded. */
  readonly acts: Map<string, number>;
}

export function newTally(): Tally {
  return { calls: 0, exact: 0, refused: 0, done: new Map(), reasons: new Map(), acts: new Map() };
}

const count = (map: Map<string, number>, name: string) => map.set(name, (map.get(name) ?? 0) + 1);

/**
 * Does so many random calls on the chain and in the ledger, and compares what they say.
 *
 * @param tally is added to
 * @throws Error with the seed and the fewest calls that show a difference
 */
export async function fuzz(
  system: System,
  { seed, calls, habits = [...new Set(system.world.tokens.values())] }: Run,
  tally: Tally,
): Promise<void> {
  const ledger = await system.reset();
  const generator = new Generator(new Random(seed), system.world, ledger, habits);
  const history: Call[] = [];
  let difference: string | undefined;
  while (history.length < calls && difference === undefined) {
    const call = generator.next();
    history.push(call);
    difference = await step(system, ledger, call, tally);
    if (history.length % AUDIT === 0 || history.length === calls)
      difference ??= await audit(system, ledger, generator.jobs.slice(-AUDIT));
  }
  if (difference === undefined) return;
  const fewest = await shrink(system, history);
  const steps = fewest.map((call) => `  ${textOf(call)}`).join("\n");
  throw new Error(
    `FUZZ_SEED=${seed}, call ${history.length}: ${difference}\nwith these calls alone:\n${steps}`,
  );
}

async function step(
  { chain }: System,
  ledger: Ledger,
  call: Call,
  tally: Tally,
): Promise<string | undefined> {
  const expected = ledger.apply(call);
  const actual = await chain.apply(call, ledger.now);
  tally.calls++;
  if (expected.ok) count(tally.done, call.action.name);
  else if (!actual.ok) {
    tally.refused++;
    if (expected.reasons.length === 1) tally.exact++;
    count(tally.reasons, actual.reason.name);
  }
  if (!agree(expected, actual)) return `${textOf(expected)}\nis expected, and this is so:\n${textOf(actual)}`;
  if (!expected.ok) return undefined;
  for (const [puppet, reasons] of new Map(ledger.acts.map((act) => [act.puppet, act.reasons]))) {
    const refusal = await chain.refusalOf(puppet);
    count(tally.acts, refusal?.name ?? "done");
    const fits = refusal === undefined ? reasons.length === 0 : reasons.some((one) => isReason(one, refusal));
    if (!fits) return `${textOf(reasons)}\nis expected of an act, and this is so:\n${textOf(refusal)}`;
  }
  return undefined;
}

function agree(expected: Outcome, actual: Actual): boolean {
  if (expected.ok !== actual.ok) return false;
  if (!expected.ok) return !actual.ok && expected.reasons.some((reason) => isReason(reason, actual.reason));
  // The interface does not give an order.
  const sorted = (events: readonly unknown[]) => events.map(textOf).sort().join();
  return actual.ok && sorted(expected.events) === sorted(actual.events);
}

function isReason({ name, args }: Reason, actual: Reason): boolean {
  return name === actual.name && (args === undefined || textOf(args) === textOf(actual.args));
}

/** Every balance and holding, and the states of these jobs. */
async function audit(
  { world, chain }: System,
  ledger: Ledger,
  jobs: readonly Job[],
): Promise<string | undefined> {
  const seen: [what: string, expected: bigint, actual: bigint][] = [];
  for (const [token, habit] of world.tokens) {
    for (const account of [...world.accounts, ...world.puppets, world.escrow]) {
      const name = `of ${account} in ${token}`;
      seen.push([`balance ${name}`, ledger.balanceOf(account, token), await chain.balance(account, token)]);
      const holding = await chain.holding(token, account);
      seen.push([`holding ${name}`, ledger.tokens.holding(token, account), holding]);
    }
    // Whoever halves the escrow's tokens harms that token alone.
    if (habit !== "rebasing") seen.push([`surplus in ${token}`, 0n, ledger.surplus(token)]);
  }
  for (const job of jobs) {
    const [status, result] = await chain.state(job);
    seen.push([`status of ${jobIdOf(job)}`, ledger.statusOf(job), status]);
    seen.push([`result of ${jobIdOf(job)}`, ledger.store.get("result", jobIdOf(job)), result]);
  }
  const wrong = seen.find(([, expected, actual]) => expected !== actual);
  return wrong && `${wrong[0]} is expected to be ${wrong[1]}, and is ${wrong[2]}`;
}

/** Leaves out calls, half of them first, while ledger and chain still differ. */
async function shrink(system: System, calls: readonly Call[]): Promise<readonly Call[]> {
  const differs = async (some: readonly Call[]): Promise<boolean> => {
    const ledger = await system.reset();
    for (const call of some) if ((await step(system, ledger, call, newTally())) !== undefined) return true;
    const jobs = some.flatMap(({ action }) => ("job" in action ? [action.job] : []));
    return (await audit(system, ledger, jobs)) !== undefined;
  };
  let fewest = calls;
  for (let size = Math.ceil(calls.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < fewest.length;) {
      const rest = [...fewest.slice(0, at), ...fewest.slice(at + size)];
      if (rest.length < fewest.length && (await differs(rest))) fewest = rest;
      else at += size;
    }
  }
  return fewest;
}
