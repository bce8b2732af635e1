import { sha256, toUtf8Bytes } from "ethers";

/** Bits of a packed word: whole bytes below the field's 254 bits. */
export const WORD_BITS = 248;

/** The domain tag of a model's input commitments: the leading 248 bits of its hash. */
export function domainTag(modelHash: string): string {
  return BigInt(`0x${modelHash.slice(0, WORD_BITS / 4)}`).toString();
}

/** The domain tag of its output commitments: no model's input commitment has it. */
export function outputDomain(domain: string): string {
  return (BigInt(domain) + (1n << BigInt(WORD_BITS))).toString();
}

/** The domain tag of a batch's commitment to what is public of all its jobs. */
export function batchDomain(domain: string): string {
  return (BigInt(domain) + (2n << BigInt(WORD_BITS))).toString();
}

/** The domain tag of the masks of its encrypted outputs. */
export function maskDomain(domain: string): string {
  return (BigInt(domain) + (3n << BigInt(WORD_BITS))).toString();
}

/**
 * The domain tag of the commitment between segment `edge` of a model and the next one: 248 bits of a hash, so that it is that
 * of no other edge, and of no other commitment.
 */
export function edgeDomain(domain: string, edge: number): string {
  return domainTag(sha256(toUtf8Bytes(`torch2circom edge ${edge} of ${domain}`)).slice(2));
}

/** The domain tag of commitments to weights: the ASCII codes of "torch2circom weights". */
export const WEIGHT_DOMAIN = 0x746f72636832636972636f6d2077656967687473n;
