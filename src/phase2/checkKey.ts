import type { R1cs } from "../circom/r1cs.js";
import { readR1cs } from "../circom/r1cs.js";
import { coefficientBytes } from "../groth16/coefficientBytes.js";
import { verifyChain, verifyDelta } from "./chain.js";
import { type Contributions, parseContributions } from "./contributions.js";
import { withCurve } from "./curve.js";
import { type KeyFile, type KeyHeader, SECTION } from "./keyFile.js";
import { openKeyFile } from "./openKeyFile.js";
import { POINT_SECTIONS, verifyKeyPoints } from "./keyPoints.js";
import { G2_GENERATOR, type G2, g2Point } from "./points.js";
import { openPowers, type Powers } from "./powersFile.js";
import { need, Refused } from "./refused.js";

/** What a verification looks at, in this order. */
export const VERIFICATION_STEPS = [
  "file",
  "circuit",
  "powers of tau",
  "header",
  "contributions",
  "delta",
  "coefficients",
  ...POINT_SECTIONS,
] as const;

export type StepName = (typeof VERIFICATION_STEPS)[number];

export interface VerificationStep {
  readonly name: StepName;
  readonly ok: boolean;
  /** Why it is not. */
  readonly reason?: string;
}

/** What a verification of a key found. */
export interface KeyVerification extends Partial<Contributions> {
  /** Whether every step was taken and is ok. */
  readonly ok: boolean;
  /** Those that were taken: the points are checked if all else is right. */
  readonly steps: readonly VerificationStep[];
}

/** Paths of what is verified, and against what. */
export interface KeyPaths {
  readonly r1cs: string;
  readonly ptau: string;
  readonly zkey: string;
}

/** `verifyKey` in the process that it is called in. */
export async function checkKey(
  { r1cs: r1csPath, ptau, zkey }: KeyPaths,
  onProgress?: (fraction: number) => void,
): Promise<KeyVerification> {
  const steps = new Steps();
  // A circuit that cannot be read is an error, not a finding about the key.
  const r1cs = readR1cs(r1csPath);
  const files: { close(): void }[] = [];
  const keep = <File extends { readonly file: { close(): void } }>(opened: File): File => {
    files.push(opened.file);
    return opened;
  };
  try {
    const key = steps.run("file", () => keep(openKeyFile(zkey)));
    const contributions = key && steps.run("contributions", () => parseContributions(key.file));
    const isCircuits = key && steps.run("circuit", () => requireSizes(key.header, r1cs));
    const powers = key && steps.run("powers of tau", () => keep(openPowers(ptau, key.header.domainSize)));
    if (key && powers) steps.run("header", () => requireSecrets(key.header, powers));
    if (key && contributions) steps.run("contributions", () => verifyAll(contributions));
    const delta2 =
      key && contributions && steps.run("delta", () => verifyDelta(key.header, contributions.contributions));
    if (key && isCircuits) steps.run("coefficients", () => requireCoefficients(key, r1cs));
    // The long part, and only for a key that is right in all else.
    if (steps.result().steps.every(({ ok }) => ok) && key && isCircuits && powers && delta2)
      await checkPoints(steps, { r1cs, key, powers, delta2, onProgress });
    return { ...steps.result(), ...contributions };
  } finally {
    for (const file of files) file.close();
  }
}

async function checkPoints(
  steps: Steps,
  parameters: {
    r1cs: R1cs;
    key: KeyFile;
    powers: Powers;
    delta2: G2;
    onProgress?: (fraction: number) => void;
  },
): Promise<void> {
  const findings = await steps.runAsync("powers of tau", () =>
    withCurve(parameters.key.header.wires, (curve) => verifyKeyPoints({ ...parameters, curve })),
  );
  if (findings) for (const name of POINT_SECTIONS) steps.add(name, findings[name]);
}

/** Steps that were taken. One that is taken in parts is ok if all parts are. */
class Steps {
  private readonly reasons = new Map<StepName, string | undefined>();

  add(name: StepName, reason?: string): void {
    this.reasons.set(name, this.reasons.get(name) ?? reason);
  }

  /** @returns the work's result, or undefined if it refuses the key */
  run<Result>(name: StepName, work: () => Result): Result | undefined {
    try {
      const result = work();
      this.add(name);
      return result;
    } catch (error) {
      this.refuse(name, error);
    }
    return undefined;
  }

  async runAsync<Result>(name: StepName, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await work();
      this.add(name);
      return result;
    } catch (error) {
      this.refuse(name, error);
    }
    return undefined;
  }

  result(): Pick<KeyVerification, "ok" | "steps"> {
    const steps = VERIFICATION_STEPS.filter((name) => this.reasons.has(name)).map((name) => {
      const reason = this.reasons.get(name);
      return reason === undefined ? { name, ok: true } : { name, ok: false, reason };
    });
    return { ok: steps.length === VERIFICATION_STEPS.length && steps.every(({ ok }) => ok), steps };
  }

  private refuse(name: StepName, error: unknown): void {
    if (!(error instanceof Refused)) throw error;
    this.add(name, error.message);
  }
}

/** @returns true */
function requireSizes({ wires, publics, domainSize }: KeyHeader, r1cs: R1cs): true {
  const own = r1cs.publicOutputs + r1cs.publicInputs;
  need(wires === r1cs.wireCount, `the key has ${wires} wires, the circuit ${r1cs.wireCount}`);
  need(publics === own, `the key has ${publics} public signals, the circuit ${own}`);
  const rows = r1cs.constraints + own;
  need(rows < domainSize && rows >= domainSize / 2, `the key's domain is ${domainSize}, for ${rows} rows`);
  return true;
}

/** alpha, beta and gamma: those of the powers of tau, and 1. */
function requireSecrets({ alpha1, beta1, beta2, gamma2 }: KeyHeader, powers: Powers): void {
  for (const [name, own] of Object.entries({ alpha1, beta1, beta2 }))
    need(Buffer.from(own).equals(powers[name as "alpha1"]), `${name} is not that of the powers of tau`);
  need(g2Point(gamma2, "gamma2").equals(G2_GENERATOR), "gamma2 is not the generator");
}

function verifyAll(contributions: Contributions): void {
  const list = contributions.contributions;
  need(list.length > 0, "there are none, so that anybody can forge proofs");
  need(!list.every(({ type }) => type === "beacon"), "they are beacons only, whose secrets everybody knows");
  verifyChain(contributions);
}

/** The terms of A and B, byte by byte. */
function requireCoefficients({ file }: KeyFile, r1cs: R1cs): void {
  let at = 0;
  for (const expected of coefficientBytes(r1cs)) {
    const isThere = at + expected.length <= file.length(SECTION.coefficients);
    need(isThere, "their number is not the circuit's");
    need(file.read(SECTION.coefficients, at, expected.length).equals(expected), "not the circuit's");
    at += expected.length;
  }
  need(at === file.length(SECTION.coefficients), "their number is not the circuit's");
}
