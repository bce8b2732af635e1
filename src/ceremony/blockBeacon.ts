import { Torch2CircomError } from "../errors/torch2circomError.js";
import { encodeBlockHeader, readBlockHeader, type BlockHeader } from "./blockHeader.js";

/** A block whose hash is a beacon. */
export interface BlockBeacon extends BlockHeader {
  /** The header that the chain hashes, in RLP, 0x and hexadecimal digits. */
  readonly header: string;
}

/** What sends a JSON-RPC request to a node, such as a provider of ethers. */
export interface NodeClient {
  send(method: string, parameters: unknown[]): Promise<unknown>;
}

/**
 * Whether a beacon's hash, number and time are those of its header. No more can be checked without a node: a header shows
 * neither that its chain has the block, nor which chain that is. Compare the hash with that of other nodes or an explorer.
 * A block's proposer can withhold it and so choose between two beacons, once for each block that it may propose.
 */
export function verifyBlockBeacon({ header, hash, number, timestamp }: BlockBeacon): boolean {
  const found = readBlockHeader(header);
  return found?.hash === hash && found.number === number && found.timestamp === timestamp;
}

/**
 * A block that was announced by its number, with the header from which its hash is recomputed.
 *
 * @param node of the chain that was announced
 * @param number of the block
 * @throws Torch2CircomError if the block is not final yet, or the node's answer is not a block of this hash and number
 */
export async function fetchBlockBeacon(node: NodeClient, number: number): Promise<BlockBeacon> {
  const final = await blockOf(node, "finalized");
  const last = final === undefined ? undefined : headerOf(final);
  if (last === undefined || last.number < number)
    throw new Torch2CircomError(
      "BEACON_INVALID",
      `Block ${number} is not final yet: another could still take its place`,
      "Start again some minutes later.",
    );
  const block = await blockOf(node, `0x${number.toString(16)}`);
  const found = block === undefined ? undefined : headerOf(block);
  if (found?.number !== number)
    throw new Torch2CircomError(
      "BEACON_INVALID",
      `The node's block ${number} does not have the hash that the node gives for it`,
      "Ask another node. A chain whose blocks are not hashed as Ethereum's cannot give a beacon.",
    );
  return found;
}

async function blockOf(node: NodeClient, which: string): Promise<Record<string, unknown> | undefined> {
  const block = await node.send("eth_getBlockByNumber", [which, false]);
  return typeof block === "object" && block !== null ? (block as Record<string, unknown>) : undefined;
}

/** Undefined where the hash is not that of the header. */
function headerOf(block: Record<string, unknown>): BlockBeacon | undefined {
  const header = encodeBlockHeader(block);
  const found = header === undefined ? undefined : readBlockHeader(header);
  return found !== undefined && found.hash === block["hash"] ? { ...found, header: header! } : undefined;
}
