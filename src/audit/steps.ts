import type { VerifyBothReturnType } from "../phase2/verifyBoth.js";

/** What one step of an audit has shown. */
export interface AuditStep {
  /** What is checked, in a few words. */
  readonly name: string;
  /** `skipped`: it cannot be done, for the reason in `detail`. It shows nothing. */
  readonly state: "passed" | "failed" | "skipped";
  /** What was found, or why it failed. It can quote a stranger's words: print it by `describeSteps`. */
  readonly detail: string;
}

/** A step from what it finds; a refusal is a failed step with its reason. */
export async function auditStep(name: string, check: () => Promise<string> | string): Promise<AuditStep> {
  try {
    return { name, state: "passed", detail: await check() };
  } catch (error) {
    return failed(name, error as Error);
  }
}

export function failed(name: string, { message }: Error): AuditStep {
  return { name, state: "failed", detail: message };
}

/** @throws Error with `why` unless the condition holds */
export function ensure(holds: boolean, why: string): asserts holds {
  if (!holds) throw new Error(why);
}

/** What both verifiers of a key have found. */
export function verifierSteps({ own, snarkjs }: VerifyBothReturnType): AuditStep[] {
  const refused = own.steps.find(({ ok }) => !ok);
  return [
    {
      name: "key, by this package's verifier",
      state: own.ok ? "passed" : "failed",
      detail:
        refused === undefined
          ? own.steps.map(({ name }) => name).join(", ")
          : `${refused.name}: ${refused.reason ?? "refused"}`,
    },
    {
      name: "key, by snarkjs",
      state: snarkjs === undefined ? "skipped" : snarkjs.ok ? "passed" : "failed",
      detail:
        snarkjs === undefined
          ? "not read: it is refused already"
          : snarkjs.ok
            ? "accepted"
            : snarkjs.log.join("; "),
    },
  ];
}

export function skipped(name: string, why: string): AuditStep {
  return { name, state: "skipped", detail: why };
}
