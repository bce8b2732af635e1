import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { curves } from "snarkjs";
import type { Receipt } from "../../src/ceremony/receipt.js";
import { now } from "../../src/ceremony/time.js";
import { parseTranscript, type Transcript } from "../../src/ceremony/transcript.js";
import { verifyChain } from "../../src/phase2/chain.js";
import { contributeBytes } from "../../src/phase2/contribute/contributeBytes.js";
import { parseContributions } from "../../src/phase2/contributions.js";
import { readKeyFile, type KeyFile } from "../../src/phase2/keyFile.js";
import { need } from "../../src/phase2/refused.js";
import { SectionFile } from "../../src/phase2/sectionFile.js";
import type { FromWorker, ToWorker } from "./messages.js";

// The secret is in this worker only: the page terminates it when the contribution is made.

const send = (message: FromWorker, transfer: Transferable[] = []): void =>
  (self as unknown as Worker).postMessage(message, transfer);

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  contribute(data).catch((error: unknown) =>
    send({ kind: "failed", why: error instanceof Error ? error.message : String(error) }),
  );
});

async function contribute({ key, transcript: text, name, typed }: ToWorker): Promise<void> {
  const transcript = parseTranscript(text, "of the coordinator");
  const before = bytesToHex(sha256(key));
  need(before === transcript.key, "the key is not the one that the transcript is at");
  const file = readKeyFile(sectionsOf(key));
  requireValid(file, transcript);
  const curve = await curves.getCurveFromName("bn128");
  const { made, bytes } = await contributeBytes(
    file,
    curve,
    { name, typed, head: transcript.head },
    (fraction) => send({ kind: "progress", fraction }),
  );
  const receipt: Receipt = {
    ...{ format: "torch2circom-receipt-1", hash: made.hash, index: made.index },
    ...{ transcript: transcript.head, before, after: bytesToHex(sha256(bytes)), time: now() },
  };
  send({ kind: "made", key: bytes, receipt }, [bytes.buffer]);
}

function sectionsOf(key: Uint8Array): SectionFile<Uint8Array> {
  const read = (at: number, length: number) => key.subarray(at, at + length);
  return new SectionFile({ size: key.length, read, close: () => undefined }, "zkey");
}

/** Nobody should add to a key that will be refused, or that is not what the transcript tells of. */
function requireValid(key: KeyFile<Uint8Array>, { contributions, init }: Transcript): void {
  const inKey = parseContributions(key.file);
  need(inKey.circuitHash === init.csHash, "the key is of another circuit than the transcript names");
  need(
    inKey.contributions.length === contributions.length,
    "the key has other contributions than the transcript",
  );
  contributions.forEach(({ hash }, i) =>
    need(inKey.contributions[i].hash === hash, `contribution ${i + 1} of the key is not the transcript's`),
  );
  verifyChain(inKey);
}
