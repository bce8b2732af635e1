import { concatBytes } from "@noble/hashes/utils.js";
import { u32, u32At } from "../groth16/u32.js";
import { BASE_FIELD_ORDER, encodeScalars, FIELD_ORDER, MAX_DOMAIN_POWER } from "../groth16/field.js";
import { G1_BYTES, G2_BYTES } from "./points.js";
import { equalBytes } from "./equalBytes.js";
import { need } from "./refused.js";
import { type SectionFile } from "./sectionFile.js";

/** Sections of a Groth16 `.zkey` by snarkjs's numbers. */
export const SECTION = {
  protocol: 1,
  header: 2,
  IC: 3,
  coefficients: 4,
  A: 5,
  B1: 6,
  B2: 7,
  C: 8,
  H: 9,
  contributions: 10,
} as const;

/** Bytes of a coefficient: side, row, wire, value. */
export const COEFFICIENT_BYTES = 12 + 32;

const GROTH16 = 1;

/** Where the points of the header are. */
const POINTS = {
  alpha1: [84, G1_BYTES],
  beta1: [148, G1_BYTES],
  beta2: [212, G2_BYTES],
  gamma2: [340, G2_BYTES],
  delta1: [468, G1_BYTES],
  delta2: [532, G2_BYTES],
} as const;

/** Bytes of the header, and where its two last points begin, which are all that a contribution changes in it. */
const HEADER_BYTES = 660;
export const DELTA_OFFSET = POINTS.delta1[0];

/** How a header begins: the two fields of BN254, each after the size of its elements. */
const FIELDS = concatBytes(
  ...[BASE_FIELD_ORDER, FIELD_ORDER].flatMap((order) => [u32(32), encodeScalars([order])]),
);

/** The header of a key: its sizes, and the points of its secrets as the file holds them. */
export type KeyHeader = Readonly<Record<keyof typeof POINTS, Uint8Array>> & {
  readonly wires: number;
  /** Public signals, without the constant. */
  readonly publics: number;
  /** A power of two: more than constraints and public signals together. */
  readonly domainSize: number;
};

/**
 * A Groth16 `.zkey` that is in form to the last byte: sections 1 to 10 once and no other, each of the length that the
 * header asks for. What the points are is for `verifyKey` to say.
 */
export interface KeyFile<Bytes extends Uint8Array = Buffer> {
  readonly file: SectionFile<Bytes>;
  readonly header: KeyHeader;
}

/**
 * Checks that a file is a key in form.
 *
 * @throws Refused if it is not
 */
export function readKeyFile<Bytes extends Uint8Array>(file: SectionFile<Bytes>): KeyFile<Bytes> {
  const ids = Object.values(SECTION) as number[];
  for (const id of file.ids) need(ids.includes(id), `section ${id} does not belong into a key`);
  for (const id of ids) file.length(id);
  const header = readHeader(file);
  checkLengths(file, header);
  return { file, header };
}

function readHeader(file: SectionFile<Uint8Array>): KeyHeader {
  const { protocol, header } = SECTION;
  need(file.length(protocol) === 4 && u32At(file.read(protocol)) === GROTH16, "not a Groth16 key");
  need(file.length(header) === HEADER_BYTES, "header: its length");
  const bytes = file.read(header);
  need(equalBytes(bytes.subarray(0, FIELDS.length), FIELDS), "header: not over BN254");
  const [wires, publics, domainSize] = [0, 4, 8].map((i) => u32At(bytes, FIELDS.length + i));
  need(publics < wires, "header: it has more public signals than wires");
  need(isDomainSize(domainSize), "header: the domain's size is not a power of two");
  const points = Object.entries(POINTS).map(([name, [at, length]]) => [
    name,
    Uint8Array.from(bytes.subarray(at, at + length)),
  ]);
  return {
    wires,
    publics,
    domainSize,
    ...(Object.fromEntries(points) as Record<keyof typeof POINTS, Uint8Array>),
  };
}

/** The quotient's basis comes from a domain of twice the size. */
function isDomainSize(size: number): boolean {
  return size > 0 && size < 2 ** MAX_DOMAIN_POWER && (size & (size - 1)) === 0;
}

function checkLengths(file: SectionFile<Uint8Array>, { wires, publics, domainSize }: KeyHeader): void {
  const lengths = {
    IC: G1_BYTES * (publics + 1),
    A: G1_BYTES * wires,
    B1: G1_BYTES * wires,
    B2: G2_BYTES * wires,
    C: G1_BYTES * (wires - publics - 1),
    H: G1_BYTES * domainSize,
  };
  for (const [name, length] of Object.entries(lengths))
    need(file.length(SECTION[name as keyof typeof lengths]) === length, `${name}: its length`);
  const { coefficients } = SECTION;
  need(file.length(coefficients) >= 4, "coefficients: their length");
  const count = u32At(file.read(coefficients, 0, 4));
  need(file.length(coefficients) === 4 + COEFFICIENT_BYTES * count, "coefficients: their length");
}
