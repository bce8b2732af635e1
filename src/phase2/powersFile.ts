import { u32 } from "../groth16/u32.js";
import { BASE_FIELD_ORDER, encodeScalars, MAX_DOMAIN_POWER } from "../groth16/field.js";
import { G1_BYTES, G1_GENERATOR, g1Point, G2_BYTES, G2_GENERATOR, g2Point } from "./points.js";
import { need } from "./refused.js";
import { openSectionFile } from "./openSectionFile.js";
import { type SectionFile } from "./sectionFile.js";

/** Sections of a powers-of-tau file by snarkjs's numbers, without the Lagrange bases, which are not read. */
const SECTION = { header: 1, tauG1: 2, tauG2: 3, alphaTauG1: 4, betaTauG1: 5, betaG2: 6 } as const;

const FIELD = Buffer.concat([u32(32), encodeScalars([BASE_FIELD_ORDER])]);

/** What a key is made of, from a powers-of-tau file: points as the file holds them. */
export interface Powers {
  readonly file: SectionFile;
  /** The file has 2^power powers of tau in both groups, and 2^(power + 1) - 1 in G1. */
  readonly power: number;
  readonly alpha1: Uint8Array;
  readonly beta1: Uint8Array;
  readonly beta2: Uint8Array;
}

/** The section of the powers of tau in G1. */
export const TAU_G1 = SECTION.tauG1;

/**
 * Opens a powers-of-tau file, which the caller closes (`file.close()`). Whether its points are the powers of one
 * secret, phase 1 says.
 *
 * @param path of the `.ptau`.
 * @param domainSize of the circuit that it is to serve.
 * @throws Refused if it is not in form, too small, or of secrets that everybody knows.
 */
export function openPowers(path: string, domainSize: number): Powers {
  const file = openSectionFile(path, "ptau");
  try {
    const power = readPower(file);
    need(2 ** power >= domainSize, `ptau: its power ${power} is too small for a domain of ${domainSize}`);
    checkLengths(file, 2 ** power);
    const first = (id: number, bytes: number): Uint8Array => Uint8Array.from(file.read(id, 0, bytes));
    const isGenerator = g1Point(first(SECTION.tauG1, G1_BYTES), "ptau: tau^0").equals(G1_GENERATOR);
    need(isGenerator, "ptau: tau^0 is not the generator of G1");
    const isGenerator2 = g2Point(first(SECTION.tauG2, G2_BYTES), "ptau: tau^0").equals(G2_GENERATOR);
    need(isGenerator2, "ptau: tau^0 is not the generator of G2");
    const powers = {
      alpha1: first(SECTION.alphaTauG1, G1_BYTES),
      beta1: first(SECTION.betaTauG1, G1_BYTES),
      beta2: first(SECTION.betaG2, G2_BYTES),
    };
    const tau = Uint8Array.from(file.read(SECTION.tauG1, G1_BYTES, G1_BYTES));
    for (const [name, point] of Object.entries({ tau, alpha: powers.alpha1, beta: powers.beta1 }))
      need(
        !g1Point(point, `ptau: ${name}`).equals(G1_GENERATOR),
        `ptau: ${name} is 1, as without a contribution`,
      );
    g2Point(powers.beta2, "ptau: beta in G2");
    return { file, power, ...powers };
  } catch (error) {
    file.close();
    throw error;
  }
}

function readPower(file: SectionFile): number {
  const bytes = file.read(SECTION.header, 0, FIELD.length + 8);
  need(file.length(SECTION.header) === FIELD.length + 8, "ptau: the length of its header");
  need(bytes.subarray(0, FIELD.length).equals(FIELD), "ptau: not over BN254");
  const power = bytes.readUInt32LE(FIELD.length);
  need(power > 0 && power <= MAX_DOMAIN_POWER, `ptau: its power is ${power}`);
  return power;
}

function checkLengths(file: SectionFile, size: number): void {
  const lengths = {
    tauG1: G1_BYTES * (2 * size - 1),
    tauG2: G2_BYTES * size,
    alphaTauG1: G1_BYTES * size,
    betaTauG1: G1_BYTES * size,
    betaG2: G2_BYTES,
  };
  for (const [name, length] of Object.entries(lengths)) {
    const id = SECTION[name as keyof typeof lengths];
    need(file.length(id) === length, `ptau: the length of section ${id}`);
  }
}
