import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../../artifacts/hash.js";
import type { AwayReturnType } from "../contributeAway.js";
import { transcriptPath } from "../folder.js";
import { readReceipt } from "../readReceipt.js";

/** Where a contributor has the files of a circuit: the last key, the transcript, and the contribution until it is accepted. */
export interface ContributorFiles {
  readonly folder: string;
  /** The key that the coordinator has. */
  readonly head: string;
  readonly transcript: string;
  /** The key with the contribution of a number. */
  contribution(index: number): string;
}

export function contributorFiles(folder: string, circuit: string): ContributorFiles {
  const own = join(folder, circuit);
  return {
    folder: own,
    head: join(own, "head.zkey"),
    transcript: transcriptPath(own),
    contribution: (index) => join(own, `${circuit}-${index}.zkey`),
  };
}

/** The contribution that was made and not accepted yet, whatever was interrupted; undefined if there is none that is whole. */
export async function keptContribution({ folder }: ContributorFiles): Promise<AwayReturnType | undefined> {
  for (const name of await readdir(folder).catch(() => [])) {
    const stem = /^(.+)\.receipt\.json$/.exec(name)?.[1];
    if (stem === undefined) continue;
    const [key, receiptFile] = [join(folder, `${stem}.zkey`), join(folder, name)];
    const receipt = await readReceipt(receiptFile);
    if (receipt === undefined) continue;
    if ((await hashFile(key).catch(() => undefined)) === receipt.after) return { key, receipt, receiptFile };
  }
  return undefined;
}

/** Removes a contribution that nobody can take any more, with its receipt: it was made on a key that is not the last one. */
export async function discard({ key, receiptFile }: AwayReturnType): Promise<void> {
  await rm(key, { force: true });
  await rm(receiptFile, { force: true });
}

/** Removes the keys, which are large, once a contribution is accepted. Receipt and transcript stay. */
export async function settle({ head }: ContributorFiles, { key }: AwayReturnType): Promise<void> {
  await rm(key, { force: true });
  await rm(head, { force: true });
}
