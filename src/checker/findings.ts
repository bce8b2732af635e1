/** What is not as it must be. */
export interface Finding {
  /** Of the circuit, or `program.json`. */
  readonly component: string;
  readonly what: string;
  /** The numbers that show it. */
  readonly evidence: string;
}

/** The text is not of the kind that this room reads: of what is in it, nothing can be said. */
export class Unreadable extends Error {}

/** Everything that was looked at, and what was found. Of one fault of a component the first place is kept, and a count. */
export class Ledger {
  private made = 0;
  private readonly faults = new Map<string, { finding: Finding; times: number }>();

  /** One check. @returns whether it passed */
  check(component: string, what: string, passes: boolean, evidence: () => string): boolean {
    this.made++;
    if (passes) return true;
    const key = `${component}\n${what}`;
    const known = this.faults.get(key);
    if (known === undefined)
      this.faults.set(key, { finding: { component, what, evidence: evidence() }, times: 1 });
    else known.times++;
    return false;
  }

  get checks(): number {
    return this.made;
  }

  get findings(): Finding[] {
    return [...this.faults.values()].map(({ finding, times }) =>
      times === 1 ? finding : { ...finding, evidence: `${finding.evidence}, and ${times - 1} more` },
    );
  }

  /** The checks of one component. */
  of(component: string): Check {
    return (what, passes, evidence) => this.check(component, what, passes, evidence);
  }
}

/** A check of one component. @returns whether it passed */
export type Check = (what: string, passes: boolean, evidence: () => string) => boolean;

/** Two numbers that must be equal. */
export function same(
  check: Check,
  name: string,
  circuit: number | bigint,
  program: number | bigint,
): boolean {
  return check(
    `${name} is another`,
    BigInt(circuit) === BigInt(program),
    () => `${name} is ${circuit} in the circuit, and ${program} by the program`,
  );
}

/** Two lists that must be equal, number by number. */
export function sameList(
  check: Check,
  name: string,
  circuit: readonly number[],
  program: readonly number[],
): boolean {
  let equal = same(check, `the length of ${name}`, circuit.length, program.length);
  if (!equal) return false;
  const what = `${name} is another`;
  for (let i = 0; i < circuit.length; i++)
    equal =
      check(
        what,
        circuit[i] === program[i],
        () => `${name}[${i}] is ${circuit[i]} in the circuit, and ${program[i]} by the program`,
      ) && equal;
  return equal;
}

/** What circom would assert of a template's parameters. @returns whether all hold, so that widths mean something */
export function asserted(check: Check, conditions: Readonly<Record<string, boolean>>): boolean {
  return Object.entries(conditions)
    .map(([text, holds]) => check("an assertion of the template fails", holds, () => `assert(${text})`))
    .every((holds) => holds);
}
