import { createHash } from "node:crypto";
import type { R1cs } from "../circom/r1cs.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { type Section, writeBinaryFile } from "./binaryFile.js";
import { u32 } from "./u32.js";
import { coefficientBytes } from "./coefficientBytes.js";
import { BASE_FIELD_ORDER, encodeScalars, FIELD_ORDER, MAX_DOMAIN_POWER, randomScalar } from "./field.js";
import { Generators } from "./fixedBase.js";
import { keyScalars, type KeyScalars, type SetupSecrets } from "./keyScalars.js";
import { floorLog2 } from "../elementary/powersOfTwo.js";

/**
 * Makes a Groth16 proving key in one process from secrets that it samples and drops. **For development only**: nobody
 * else can know that they were dropped.
 *
 * A ceremony never knows its secrets, so it computes with curve points: minutes where this takes seconds. Here the
 * scalars are computed first; every point of the key is then a multiple of a generator. The file is a `.zkey` as
 * snarkjs reads it, with no contribution; gamma is 1 and delta is random, so that it is not one of the keys with
 * gamma = delta under which anybody can forge. Points go to the file as they are made.
 *
 * @param path of the `.zkey` to write.
 * @param options what decides on the secrets, if not chance alone, and what hears of the fraction that is done.
 * @throws Torch2CircomError if the circuit has more than 2^27 constraints and public signals.
 */
export async function writeDevelopmentKey(
  r1cs: R1cs,
  path: string,
  { phaseOne, onProgress }: DevelopmentKeyOptions = {},
): Promise<void> {
  const publics = r1cs.publicOutputs + r1cs.publicInputs;
  const domainPower = floorLog2(r1cs.constraints + publics) + 1;
  // The quotient's basis comes from a domain of twice the size.
  if (domainPower + 1 > MAX_DOMAIN_POWER)
    throw new Torch2CircomError(
      "CIRCUIT_TOO_LARGE",
      `The circuit has ${r1cs.constraints} constraints, more than one Groth16 proof can hold`,
      "Make the model smaller, or reduce its bit widths.",
    );
  const size = 2 ** domainPower;
  // Who knows one of these can prove anything: they leave this function in no form.
  const secrets = {
    ...(phaseOne === undefined ? randomPhaseOne() : phaseOneOf(phaseOne)),
    delta: randomScalar(),
  };
  const scalars = await keyScalars(r1cs, size, secrets);
  const counts = { G1: 3 * r1cs.wireCount + size + 3, G2: r1cs.wireCount + 3 };
  const generators = new Generators(counts, { onProgress });
  try {
    const header = await headerBytes(r1cs, size, secrets, generators);
    await writeBinaryFile(path, "zkey", 1, keySections(r1cs, header, scalars, generators));
  } finally {
    generators.close();
  }
}

export interface DevelopmentKeyOptions {
  /** Any text: keys that are made with it have one phase 1, as the keys of a pipeline must. @default a phase 1 of its own */
  readonly phaseOne?: string;
  readonly onProgress?: (fraction: number) => void;
}

type PhaseOne = Omit<SetupSecrets, "delta">;

function randomPhaseOne(): PhaseOne {
  return { tau: randomScalar(), alpha: randomScalar(), beta: randomScalar() };
}

function phaseOneOf(text: string): PhaseOne {
  const scalar = (name: string) =>
    1n +
    (BigInt(`0x${createHash("sha512").update(`${name} of ${text}`).digest("hex")}`) % (FIELD_ORDER - 1n));
  return { tau: scalar("tau"), alpha: scalar("alpha"), beta: scalar("beta") };
}

/** The header of a Groth16 key: field orders, sizes, and the points of the secrets. */
async function headerBytes(
  r1cs: R1cs,
  size: number,
  { alpha, beta, delta }: SetupSecrets,
  generators: Generators,
): Promise<Uint8Array[]> {
  const points = async (group: "G1" | "G2", values: readonly bigint[]): Promise<Uint8Array[]> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of generators.multiply(group, encodeScalars(values))) pieces.push(piece);
    return split(Buffer.concat(pieces), values.length);
  };
  const [alpha1, beta1, delta1] = await points("G1", [alpha, beta, delta]);
  const [beta2, gamma2, delta2] = await points("G2", [beta, 1n, delta]);
  return [
    ...[u32(32), encodeScalars([BASE_FIELD_ORDER]), u32(32), encodeScalars([FIELD_ORDER])],
    ...[u32(r1cs.wireCount), u32(r1cs.publicOutputs + r1cs.publicInputs), u32(size)],
    ...[alpha1, beta1, beta2, gamma2, delta1, delta2],
  ];
}

/** The sections of snarkjs's `.zkey`, version 1. */
function keySections(
  r1cs: R1cs,
  header: readonly Uint8Array[],
  { a, b, publics, privates, quotient }: KeyScalars,
  generators: Generators,
): Section[] {
  const groth16 = 1;
  // No ceremony: no hash of the circuit, no contributions.
  const contributions = [new Uint8Array(64), u32(0)];
  return [
    { id: 1, pieces: [u32(groth16)] },
    { id: 2, pieces: header },
    { id: 3, pieces: generators.multiply("G1", publics) },
    { id: 4, pieces: coefficientBytes(r1cs) },
    { id: 5, pieces: generators.multiply("G1", a) },
    { id: 6, pieces: generators.multiply("G1", b) },
    { id: 7, pieces: generators.multiply("G2", b) },
    { id: 8, pieces: generators.multiply("G1", privates) },
    { id: 9, pieces: generators.multiply("G1", quotient) },
    { id: 10, pieces: contributions },
  ];
}

function split(bytes: Uint8Array, parts: number): Uint8Array[] {
  const length = bytes.length / parts;
  return Array.from({ length: parts }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}
