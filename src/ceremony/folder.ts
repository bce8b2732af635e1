import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, truncate } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import { withLock } from "../artifacts/lock.js";
import { notWritable, syncFolder, writePrivate } from "../artifacts/writeFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Entry, InitEntry } from "./entries.js";
import {
  lineOf,
  lineText,
  parseTranscript,
  transcriptOf,
  whyMisplaced,
  type Transcript,
} from "./transcript.js";

/** The ceremony of one circuit as it stands on the disk. */
export interface Ceremony {
  /** Its folder, named after the key's files. */
  readonly folder: string;
  readonly transcript: Transcript;
  /** The key without contributions. */
  readonly initialKey: string;
  /** The key that the next contribution is made on. */
  readonly key: string;
}

/** The file of a ceremony with its transcript. */
export const TRANSCRIPT = "transcript.jsonl";

export function transcriptPath(folder: string): string {
  return join(folder, TRANSCRIPT);
}

export function hasCeremony(folder: string): boolean {
  return existsSync(transcriptPath(folder));
}

const keyFile = (folder: string, index: number): string => join(folder, `${basename(folder)}-${index}.zkey`);

/** How many contributions the key has, a beacon's included. */
function indexOf({ contributions, beacon }: Transcript): number {
  return contributions.length + (beacon === undefined ? 0 : 1);
}

/** Runs `work` while nothing else changes the ceremony. @throws Torch2CircomError at once if something does */
export function whileLocked<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  return withLock(folder, work, "Another command works on this ceremony");
}

/** Runs `work` with a folder for what it makes, which goes with it. In the ceremony's own, so that files can be moved. */
export async function inWorkFolder<Result>(
  folder: string,
  work: (own: string) => Promise<Result>,
): Promise<Result> {
  const own = join(folder, ".work");
  try {
    await mkdir(own, { recursive: true });
    return await work(own);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/**
 * Reads a ceremony. Whatever was interrupted, the last line of the transcript is that of the key that is here: a key is on
 * the disk before its line is.
 *
 * @throws Torch2CircomError if there is none, or the files are not those that its transcript names
 */
export async function openCeremony(folder: string): Promise<Ceremony> {
  const ceremony = await readCeremony(folder);
  const { transcript, initialKey, key } = ceremony;
  await requireFile(initialKey, transcript.init.key);
  if (key !== initialKey) await requireFile(key, transcript.key);
  return ceremony;
}

/** Reads what a ceremony's transcript says, and not its keys: {@link openCeremony} has hashed them. */
export async function readCeremony(folder: string): Promise<Ceremony> {
  const place = transcriptPath(folder);
  const text = await readFile(place, "utf8").catch((cause: Error) => {
    throw new Torch2CircomError(
      "CEREMONY_INVALID",
      `There is no ceremony in ${folder}`,
      "Begin one with torch2circom:ceremony:init.",
      cause,
    );
  });
  const transcript = parseTranscript(text, place);
  return {
    folder,
    transcript,
    initialKey: keyFile(folder, 0),
    key: keyFile(folder, indexOf(transcript)),
  };
}

/**
 * Begins a ceremony.
 *
 * @param key file of the key without contributions, which is moved into the folder
 * @throws Torch2CircomError if there is one already
 */
export async function beginCeremony(folder: string, entry: InitEntry, key: string): Promise<Ceremony> {
  const place = transcriptPath(folder);
  if (hasCeremony(folder))
    throw new Torch2CircomError(
      "CEREMONY_INVALID",
      `There is a ceremony in ${folder} already`,
      "Go on with it, or move its folder away to begin another.",
    );
  try {
    await mkdir(folder, { recursive: true });
    await moveDurably(key, keyFile(folder, 0));
    const line = lineOf(undefined, entry);
    // Whole or not at all: a transcript that is there is a ceremony.
    await writePrivate(place, lineText(line), "keep");
    const transcript = transcriptOf([line]);
    return { folder, transcript, initialKey: keyFile(folder, 0), key: keyFile(folder, 0) };
  } catch (error) {
    throw notWritable(folder, error as Error);
  }
}

/**
 * Adds an entry to a ceremony, and the key that it leaves. The key is whole on the disk before the transcript names it, and
 * the key before it is removed after that: a crash at any point leaves one of both states.
 *
 * @param key file of the new key, which is moved into the folder; none for an entry without a new key
 */
export async function extendCeremony(ceremony: Ceremony, entry: Entry, key?: string): Promise<Ceremony> {
  const { folder, transcript } = ceremony;
  const why = whyMisplaced(transcript.lines, entry);
  if (why !== undefined) throw new Error(`a line of a transcript that ${why}`);
  const line = lineOf(transcript, entry);
  const extended = transcriptOf([...transcript.lines, line]);
  const next = keyFile(folder, indexOf(extended));
  const place = transcriptPath(folder);
  try {
    if (key !== undefined) await moveDurably(key, next);
    await cutUnfinishedLine(place);
    await appendDurably(place, lineText(line));
    if (ceremony.key !== next && ceremony.key !== ceremony.initialKey)
      await rm(ceremony.key, { force: true });
  } catch (error) {
    throw notWritable(folder, error as Error);
  }
  return { ...ceremony, transcript: extended, key: next };
}

async function requireFile(path: string, hash: string): Promise<void> {
  if ((await hashFile(path).catch(() => undefined)) === hash) return;
  throw new Torch2CircomError(
    "CEREMONY_INVALID",
    `${path} is not the key that the transcript names`,
    "Put the file with this sha256 there (its contributor or a copy of the folder has it): " + hash,
  );
}

async function moveDurably(from: string, to: string): Promise<void> {
  const file = await open(from, "r");
  await file.sync().finally(() => file.close());
  await rename(from, to);
  await syncFolder(dirname(to));
}

async function appendDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "a");
  try {
    await file.appendFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/** Removes what an interrupted write has left behind the last whole line. */
async function cutUnfinishedLine(path: string): Promise<void> {
  const bytes = await readFile(path);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) await truncate(path, end);
}
