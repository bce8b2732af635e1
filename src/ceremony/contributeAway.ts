import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import { writePrivate } from "../artifacts/writeFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { verifyChain } from "../phase2/chain.js";
import { readContributions } from "../phase2/readContributions.js";
import { orKeyError } from "../phase2/refused.js";
import { contributeInProcess, type OwnContribution } from "./contribute.js";
import { transcriptPath } from "./folder.js";
import { receiptText, type Receipt } from "./receipt.js";
import { now } from "./time.js";
import { parseTranscript } from "./transcript.js";

export interface AwayParameters extends OwnContribution {
  /** Path of the key that a coordinator gave. */
  readonly key: string;
  /** Path of the ceremony's transcript. @default `transcript.jsonl` beside the key, if it is there */
  readonly transcript?: string;
  /** The file to write; nothing is written over. @default the key's name with the contribution's number */
  readonly out?: string;
}

export interface AwayReturnType {
  /** The key to send back. */
  readonly key: string;
  readonly receipt: Receipt;
  /** The file with the receipt. */
  readonly receiptFile: string;
}

/**
 * Contributes to a key away from its coordinator: no project and no model is needed. The contributions that the key has are
 * verified first, so that nobody adds to a key that would be refused; and the transcript, where it is at hand.
 *
 * @throws Torch2CircomError if the key or the transcript is damaged, they do not belong together, or a file is in the way
 */
export async function contributeAway(parameters: AwayParameters): Promise<AwayReturnType> {
  const { key } = parameters;
  const before = readContributions(key);
  orKeyError(key, () => verifyChain(before));
  const hashBefore = await hashFile(key);
  const head = await headFor(key, hashBefore, parameters.transcript);
  const index = before.contributions.length + 1;
  const out = parameters.out ?? nextName(key, index);
  const receiptFile = `${out.replace(/\.zkey$/, "")}.receipt.json`;
  if (existsSync(out))
    throw new Torch2CircomError(
      "FILE_NOT_WRITABLE",
      `${out} is there already`,
      "Move it away, or choose another file with --out.",
    );
  const { name, typed, onProgress } = parameters;
  const unfinished = `${out}.part`;
  // One of a run that was interrupted is beside the key that it had made; any other is all that shows a contribution.
  if (existsSync(receiptFile) && !existsSync(unfinished))
    throw new Torch2CircomError(
      "FILE_NOT_WRITABLE",
      `${receiptFile} is there already, the receipt of a contribution`,
      "Keep it: move it away, or choose another file with --out.",
    );
  const { hash } = await contributeInProcess({ from: key, to: unfinished, name, typed, head, onProgress });
  const after = await hashFile(unfinished);
  const receipt: Receipt = {
    format: "torch2circom-receipt-1",
    hash,
    index,
    transcript: head ?? null,
    before: hashBefore,
    after,
    time: now(),
  };
  // The receipt is there before the key is: one without a key is of a run that was interrupted.
  await writePrivate(receiptFile, receiptText(receipt), "replace");
  await rename(unfinished, out);
  return { key: out, receipt, receiptFile };
}

/** `digits-2.zkey` -> `digits-3.zkey`, `key.zkey` -> `key-3.zkey`: beside the key. */
function nextName(key: string, index: number): string {
  const stem = key.replace(/\.zkey$/, "");
  const previous = `-${index - 1}`;
  return `${stem.endsWith(previous) ? stem.slice(0, -previous.length) : stem}-${index}.zkey`;
}

async function headFor(key: string, hash: string, given?: string): Promise<string | undefined> {
  const place = given ?? transcriptPath(dirname(key));
  if (given === undefined && !existsSync(place)) return undefined;
  const text = await readFile(place, "utf8").catch((cause: Error) => {
    throw new Torch2CircomError(
      "FILE_NOT_READABLE",
      `The transcript ${place} cannot be read`,
      "Check the path.",
      cause,
    );
  });
  const transcript = parseTranscript(text, place);
  if (transcript.key === hash) return transcript.head;
  throw new Torch2CircomError(
    "CEREMONY_INVALID",
    `${key} is not the key that the transcript ${place} is at`,
    "Get both from the coordinator again: a contribution to an older key would be refused.",
  );
}
