import { decodeRlp, encodeRlp, getBytes, isHexString, keccak256, toBeArray } from "ethers";

/** What a header says of its block. */
export interface BlockHeader {
  /** keccak256 of the header: the block's hash, 0x and 64 hexadecimal digits. */
  readonly hash: string;
  readonly number: number;
  /** In seconds since 1970. */
  readonly timestamp: number;
}

/** Fields of a header, in the order in which its hash binds them. Forks of Ethereum have appended those from the 16th on. */
const FIELDS = [
  "parentHash",
  "sha3Uncles",
  "miner",
  "stateRoot",
  "transactionsRoot",
  "receiptsRoot",
  "logsBloom",
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "mixHash",
  "nonce",
  "baseFeePerGas",
  "withdrawalsRoot",
  "blobGasUsed",
  "excessBlobGas",
  "parentBeaconBlockRoot",
  "requestsHash",
];

const [NUMBER, TIMESTAMP, LEAST_FIELDS] = [FIELDS.indexOf("number"), FIELDS.indexOf("timestamp"), 15];

/** Fields that are numbers: without leading zeros in RLP, while the others have a fixed length or are bytes. */
const NUMBERS = ["difficulty", "number", "gasLimit", "gasUsed", "timestamp"].concat([
  "baseFeePerGas",
  "blobGasUsed",
  "excessBlobGas",
]);

/** A header has some 600 bytes. */
const MOST_BYTES = 4096;

/**
 * What a header says, and its hash.
 *
 * @param header in RLP, 0x and hexadecimal digits
 * @returns undefined for what is not a header
 */
export function readBlockHeader(header: string): BlockHeader | undefined {
  if (!isHexString(header) || header.length > 2 + 2 * MOST_BYTES) return undefined;
  try {
    const fields = decodeRlp(header);
    if (!Array.isArray(fields) || fields.length < LEAST_FIELDS) return undefined;
    // Whoever could write one header in two ways could choose between two hashes.
    if (encodeRlp(fields) !== header.toLowerCase()) return undefined;
    const [number, timestamp] = [fields[NUMBER], fields[TIMESTAMP]].map(numberOf);
    if (number === undefined || timestamp === undefined) return undefined;
    return { hash: keccak256(header), number, timestamp };
  } catch {
    return undefined;
  }
}

/**
 * The header of a block as a node gives it over JSON-RPC, in RLP.
 *
 * @returns undefined for a block that is not of Ethereum's form
 */
export function encodeBlockHeader(block: Readonly<Record<string, unknown>>): string | undefined {
  const values: Uint8Array[] = [];
  for (const field of FIELDS) {
    const value = block[field] ?? undefined;
    // Of an older fork: it has none of the later fields either.
    if (value === undefined) break;
    if (!isHexString(value)) return undefined;
    values.push(NUMBERS.includes(field) ? toBeArray(value) : getBytes(value));
  }
  return values.length < LEAST_FIELDS ? undefined : encodeRlp(values);
}

function numberOf(field: unknown): number | undefined {
  if (typeof field !== "string" || field.startsWith("0x00")) return undefined;
  const number = Number(BigInt(field === "0x" ? 0 : field));
  return Number.isSafeInteger(number) ? number : undefined;
}
