import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
// Pages of browsers read transcripts: no module of Node.
import * as v from "valibot";
import { canonicalJson } from "../artifacts/canonicalJson.js";
import { parseJson } from "../artifacts/parseJson.js";
import { describeIssue } from "../errors/formIssue.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import {
  lineSchema,
  type AnnounceEntry,
  type BeaconEntry,
  type ContributionEntry,
  type Entry,
  type InitEntry,
  type Line,
} from "./entries.js";

/** Most characters of a transcript: of some ten thousand contributions. */
const MOST_CHARACTERS = 16_000_000;

/** More than any ceremony has; it bounds what a stranger's transcript can make a reader do. */
const MOST_LINES = 10_000;

/** The head before the first line. */
const START = "0".repeat(64);

/** What a ceremony has come to, line by line. Every line is in the hash of the next: `head` stands for all of them. */
export interface Transcript {
  readonly lines: readonly Line[];
  /** sha256 that the last line ends with, in hexadecimal. */
  readonly head: string;
  readonly init: InitEntry;
  /** The beacons that were announced; an honest ceremony has one at most. */
  readonly announcements: readonly AnnounceEntry[];
  /** Contributions of people, the first to the last. */
  readonly contributions: readonly ContributionEntry[];
  readonly beacon?: BeaconEntry;
  /** sha256 of the key that the next contribution is made on. */
  readonly key: string;
  readonly isFinal: boolean;
}

/** The hash of all lines up to an entry: sha256 of the hash before it, as text, and the entry's canonical JSON. */
export function headAfter(head: string, entry: Entry): string {
  return bytesToHex(sha256(utf8ToBytes(head + canonicalJson(entry))));
}

/** The line that an entry adds to a transcript, which is undefined for the first. */
export function lineOf(transcript: Pick<Transcript, "head"> | undefined, entry: Entry): Line {
  return { head: headAfter(transcript?.head ?? START, entry), entry };
}

/** @returns a line as it stands in the file. */
export function lineText(line: Line): string {
  return `${canonicalJson(line)}\n`;
}

/**
 * Reads a transcript and checks that its lines are chained, and that they tell one story: one beginning, contributions
 * numbered from 1, each on the key that the one before has left, a beacon at most once and after it nothing but the end.
 *
 * A last line that is not whole is an interrupted write, and is left out.
 *
 * @param text JSON lines
 * @param place where the text is from, for errors
 * @throws Torch2CircomError if it is damaged, or was tampered with
 */
export function parseTranscript(text: string, place: string): Transcript {
  const refuse = (line: number, why: string): Torch2CircomError =>
    new Torch2CircomError(
      "CEREMONY_INVALID",
      `Line ${line} of the transcript ${place} ${why}`,
      "Take the transcript from its coordinator again, and compare its last head with the receipts of contributors.",
    );
  if (text.length > MOST_CHARACTERS) throw refuse(1, "and the others are more than a ceremony has");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines: Line[] = [];
  if (whole.split("\n", MOST_LINES + 2).length > MOST_LINES + 1)
    throw refuse(MOST_LINES + 1, "is one too many: no ceremony has so many");
  for (const [i, row] of whole.split("\n").slice(0, -1).entries()) {
    const parsed = v.safeParse(lineSchema, parseJson(row), { abortEarly: true });
    if (!parsed.success) throw refuse(i + 1, `is not of a transcript: ${describeIssue(parsed.issues[0])}`);
    const line = parsed.output;
    if (line.head !== lineOf(lines.at(-1), line.entry).head)
      throw refuse(i + 1, "does not follow from those before it: the transcript was changed");
    const why = whyMisplaced(lines, line.entry);
    if (why !== undefined) throw refuse(i + 1, why);
    lines.push(line);
  }
  if (lines.length === 0) throw refuse(1, "is missing");
  return transcriptOf(lines);
}

/** A transcript of lines that are known to be in order. */
export function transcriptOf(lines: readonly Line[]): Transcript {
  const of = <Type extends Entry["type"]>(type: Type) =>
    lines
      .map(({ entry }) => entry)
      .filter((entry): entry is Extract<Entry, { type: Type }> => entry.type === type);
  return {
    lines,
    head: lines[lines.length - 1].head,
    init: of("init")[0],
    announcements: of("announce"),
    contributions: of("contribution"),
    beacon: of("beacon").at(0),
    key: keyAfter(lines)!,
    isFinal: of("final").length > 0,
  };
}

/** The beacon that was announced last, and whether somebody has contributed since. */
export function pendingBeacon({
  lines,
}: Pick<Transcript, "lines">):
  { readonly announcement: AnnounceEntry; readonly isFollowed: boolean } | undefined {
  const at = lines.findLastIndex(({ entry }) => entry.type === "announce");
  if (at < 0) return undefined;
  const announcement = lines[at].entry as AnnounceEntry;
  return { announcement, isFollowed: lines.slice(at).some(({ entry }) => entry.type === "contribution") };
}

/** Why an entry cannot come after these lines; undefined if it can. */
export function whyMisplaced(lines: readonly Line[], entry: Entry): string | undefined {
  const has = (type: Entry["type"]) => lines.some((line) => line.entry.type === type);
  if ((entry.type === "init") !== (lines.length === 0)) return "is not where a ceremony begins";
  if (has("final")) return "comes after the end";
  if (has("beacon") && entry.type !== "final")
    return "comes after the beacon, which is the last contribution";
  if (entry.type === "beacon" && !has("announce")) return "has a beacon that nobody announced";
  // Whoever announces two, and knows both before the last contribution is made, could choose between them.
  if (entry.type === "announce" && pendingBeacon({ lines })?.isFollowed === true)
    return "announces another beacon, after a contribution to the first";
  if (entry.type === "final" && entry.key !== keyAfter(lines))
    return "ends with another key than the last contribution left";
  if (entry.type !== "contribution" && entry.type !== "beacon") return undefined;
  const index = lines.filter((line) => line.entry.type === "contribution").length + 1;
  if (entry.index !== index) return `has contribution ${entry.index} in the place of ${index}`;
  if (entry.before !== keyAfter(lines))
    return "has a contribution to another key than the one before it left";
  return undefined;
}

/** The heads that a contribution to the transcript's key can be made on: since the key, there may be announcements. */
export function headsOfKey({ lines, key }: Pick<Transcript, "lines" | "key">): string[] {
  const since = lines.findLastIndex(({ entry }) => keyOf(entry) === key);
  return lines.slice(since).map(({ head }) => head);
}

function keyOf(entry: Entry): string | undefined {
  if (entry.type === "contribution" || entry.type === "beacon") return entry.after;
  return entry.type === "init" ? entry.key : undefined;
}

function keyAfter(lines: readonly Line[]): string | undefined {
  return lines.map(({ entry }) => keyOf(entry)).findLast((key) => key !== undefined);
}
