import { auditStep, ensure, type AuditStep } from "../audit/steps.js";
import { isBoundTo } from "../phase2/contribute/boundPoint.js";
import { readContributions } from "../phase2/readContributions.js";
import { readKeyHeader } from "../phase2/keyHeader.js";
import { verifyBeacon } from "./beaconSource.js";
import { describeSource } from "./describe.js";
import type { Ceremony } from "./folder.js";
import { headsOfKey, pendingBeacon, transcriptOf, type Transcript } from "./transcript.js";

/**
 * Which of the hashes that somebody vouches for have to be among a key's contributions. Of a model with many keys each hash
 * is of one; a key that has none of them has to have all, and is refused: whoever made its contributions can forge by it.
 *
 * @param all transcripts of the model's keys
 */
export function attestedOf(
  own: Pick<Transcript, "contributions">,
  all: readonly Pick<Transcript, "contributions">[],
  attested: readonly string[],
): readonly string[] {
  const hashes = attested.map((hash) => hash.toLowerCase());
  const isIn = ({ contributions }: Pick<Transcript, "contributions">, hash: string) =>
    contributions.some((one) => one.hash === hash);
  const mine = hashes.filter((hash) => isIn(own, hash) || !all.some((other) => isIn(other, hash)));
  return mine.length > 0 ? mine : hashes;
}

/**
 * What a ceremony's transcript says against what its key says. Whether the key is the circuit's is for both verifiers to say.
 *
 * "n contributions" is all that files can show: who made them, only their makers can say, by a hash that they published.
 *
 * @param attested hashes of contributions that somebody vouches for
 * @param least the fewest contributions that are enough
 */
export async function checkCeremony(
  ceremony: Pick<Ceremony, "transcript" | "key">,
  attested: readonly string[] = [],
  least = 1,
): Promise<AuditStep[]> {
  const { transcript, key } = ceremony;
  const vouched = attested.map((hash) => hash.toLowerCase());
  const steps = [
    await auditStep("transcript", () => checkForm(ceremony)),
    await auditStep("contributions", () => checkContributions(key, transcript, new Set(vouched), least)),
  ];
  if (transcript.announcements.length > 0 || transcript.beacon !== undefined)
    steps.push(await auditStep("beacon", () => checkBeacon(key, transcript, vouched)));
  return steps;
}

function checkForm({ transcript, key }: Pick<Ceremony, "transcript" | "key">): string {
  const { init } = transcript;
  const { publics, wires, domainSize } = readKeyHeader(key);
  ensure(
    publics === init.publicSignals && wires === init.wires && domainSize === init.domain,
    "the key is of another circuit than the transcript names",
  );
  ensure(readContributions(key).circuitHash === init.csHash, "the key has another circuit's hash");
  return `${transcript.lines.length} lines, head ${transcript.head}`;
}

function checkContributions(
  key: string,
  { lines, contributions, beacon }: Transcript,
  attested: ReadonlySet<string>,
  least: number,
): string {
  const inKey = readContributions(key).contributions;
  const expected = [...contributions, ...(beacon === undefined ? [] : [beacon])];
  ensure(
    inKey.length === expected.length,
    `the key has ${inKey.length} contributions, the transcript ${expected.length}`,
  );
  expected.forEach(({ type, hash }, i) => {
    ensure(inKey[i].hash === hash, `contribution ${i + 1} of the key is not the transcript's`);
    // The type is in no hash: whoever has the file can change it.
    ensure(
      inKey[i].type === type,
      `contribution ${i + 1} is a ${inKey[i].type} in the key, a ${type} in the transcript`,
    );
  });
  ensure(contributions.length > 0, "there is no contribution but the beacon, whose secret everybody knows");
  ensure(contributions.length >= least, `${contributions.length} contributions, fewer than ${least}`);
  for (const { index, madeOn } of contributions)
    ensure(
      madeOn === null ||
        (isBoundTo(inKey[index - 1].g1s, madeOn) && headsBefore(lines, index).includes(madeOn)),
      `contribution ${index} was not made on the transcript that it names`,
    );
  const missing = [...attested].find((hash) => !contributions.some((one) => one.hash === hash));
  ensure(missing === undefined, `there is no contribution ${missing}`);
  const count = contributions.length === 1 ? "one contribution" : `${contributions.length} contributions`;
  return attested.size > 0
    ? `${count}, ${attested.size} of them attested by their hashes`
    : `${count}, none of them attested: one party can have made them all`;
}

/** The heads that a contribution could be made on. */
function headsBefore(lines: Transcript["lines"], index: number): string[] {
  const at = lines.findIndex(({ entry }) => entry.type === "contribution" && entry.index === index);
  return headsOfKey(transcriptOf(lines.slice(0, at)));
}

/** A beacon adds something only if nobody could know it when the last contribution was made. */
function checkBeacon(
  key: string,
  { lines, contributions, beacon }: Transcript,
  attested: readonly string[],
): string {
  ensure(beacon !== undefined, "a beacon was announced and is not there");
  // The transcript's form has only the last announcement followed by contributions.
  const { announcement, isFollowed } = pendingBeacon({ lines })!;
  const { beacon: source, time } = announcement;
  const announcedAt = lines.findIndex(({ entry }) => entry === announcement);
  const last = contributions[contributions.length - 1];
  ensure(isFollowed, "it was announced after the last contribution");
  const known = verifyBeacon(source, beacon.evidence);
  ensure(known?.randomness === beacon.randomness, "it is not the randomness that was announced");
  ensure(Date.parse(time) < Date.parse(known.time), "it was announced when it was known");
  ensure(Date.parse(last.time) < Date.parse(known.time), "the last contribution is later than the beacon");
  const inKey = readContributions(key).contributions.at(-1)?.beacon;
  ensure(inKey?.hash === beacon.randomness, "the key has another beacon than the transcript");
  // Times are the coordinator's word. Whoever attests a contribution that was made on the announcement knows the time.
  const heads = lines.slice(announcedAt).map(({ head }) => head);
  const witness = contributions.find(
    ({ hash, madeOn }) => madeOn !== null && heads.includes(madeOn) && attested.includes(hash),
  );
  const order =
    witness === undefined
      ? "that it was announced before it was known is the coordinator's word"
      : `announced before contribution ${witness.index}, which is attested`;
  return `${describeSource(source)}; ${order}`;
}
