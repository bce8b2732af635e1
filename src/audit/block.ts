import { describeSource } from "../ceremony/describe.js";
import { verifyBeacon } from "../ceremony/beaconSource.js";
import { fetchBlockBeacon, type NodeClient } from "../ceremony/blockBeacon.js";
import { pendingBeacon, type Transcript } from "../ceremony/transcript.js";
import { auditStep, ensure, skipped, type AuditStep } from "./steps.js";

/**
 * Whether a chain has the block that a beacon is the hash of. Anybody can write a header, and choose its hash: without a node
 * of the chain such a beacon shows nothing.
 *
 * @param node of any chain; undefined where there is none
 * @returns no step where the beacon is of no block
 */
export async function auditBlock(
  transcript: Pick<Transcript, "lines" | "beacon">,
  node: NodeClient | undefined,
): Promise<AuditStep[]> {
  const source = pendingBeacon(transcript)?.announcement.beacon;
  const { beacon } = transcript;
  if (source?.kind !== "block" || beacon === undefined) return [];
  const chainId = node === undefined ? undefined : Number(await node.send("eth_chainId", []));
  const hash = `0x${verifyBeacon(source, beacon.evidence)?.randomness ?? beacon.randomness}`;
  if (node === undefined || chainId !== source.chainId) {
    const how = `compare its hash ${hash} with an explorer's, or audit with --network on that chain`;
    return [skipped("block", `nobody has asked chain ${source.chainId} for block ${source.number}: ${how}`)];
  }
  const step = await auditStep("block", async () => {
    const found = await fetchBlockBeacon(node, source.number);
    ensure(found.hash === hash, `the chain's ${describeSource(source)} has the hash ${found.hash}`);
    return `the network has ${describeSource(source)} with this hash`;
  });
  return [step];
}
