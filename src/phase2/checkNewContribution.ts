import { verifyChain, verifyDelta } from "./chain.js";
import { type Contribution, parseContributions } from "./contributions.js";
import { withCurve } from "./curve.js";
import { DELTA_OFFSET, type KeyFile, SECTION } from "./keyFile.js";
import { openKeyFile } from "./openKeyFile.js";
import { type G1, G1_BYTES, g1Sum, g2Point, isPairingOne } from "./points.js";
import { PointSums } from "./pointSums.js";
import { randomWeights, WEIGHT_BYTES } from "./randomWeights.js";
import { keyError, need, Refused } from "./refused.js";

/** Paths of three keys of one ceremony. */
export interface NewContributionPaths {
  /** The initial key, which was verified. */
  readonly initial: string;
  /** The head of the ceremony, which was verified too. */
  readonly before: string;
  /** The key that a contributor gave. */
  readonly after: string;
}

/** Sections that a contribution leaves as they are. */
const UNCHANGED = ["protocol", "IC", "coefficients", "A", "B1", "B2"] as const;

const REMEDY = "The contributor starts again from the ceremony's last key.";

/** `verifyNewContribution` in the process that it is called in. */
export async function checkNewContribution(paths: NewContributionPaths): Promise<Contribution> {
  const keys: KeyFile[] = [];
  const open = (path: string): KeyFile => {
    keys.push(openKeyFile(path));
    return keys.at(-1)!;
  };
  try {
    const [initial, before, after] = [open(paths.initial), open(paths.before), open(paths.after)];
    const contribution = verifyNext(before, after);
    requireUnchanged(initial, after);
    await requireRatios(initial, after);
    return contribution;
  } catch (error) {
    throw error instanceof Refused ? keyError(paths.after, error, REMEDY) : error;
  } finally {
    for (const { file } of keys) file.close();
  }
}

/** @returns the one contribution that `after` has more */
function verifyNext(before: KeyFile, after: KeyFile): Contribution {
  const id = SECTION.contributions;
  const next = parseContributions(after.file);
  const count = parseContributions(before.file).contributions.length;
  const isNext = next.contributions.length === count + 1;
  need(isNext, `it has ${next.contributions.length} contributions, and not the one that follows ${count}`);
  const [old, all] = [before.file.read(id), after.file.read(id)];
  // The count stands between the hash of the circuit and the contributions.
  const isPrefix = (from: number, to: number): boolean =>
    old.subarray(from, to).equals(all.subarray(from, to));
  const hashEnd = 64;
  need(isPrefix(0, hashEnd), "it is of another ceremony: the hash of its circuit differs");
  need(isPrefix(hashEnd + 4, old.length), "it does not follow from the ceremony's last key");
  const contribution = next.contributions[count];
  need(contribution.type === "contribution", "it is a beacon, not a contribution");
  verifyChain(next, count);
  verifyDelta(after.header, next.contributions);
  return contribution;
}

function requireUnchanged(initial: KeyFile, after: KeyFile): void {
  for (const name of UNCHANGED)
    need(isEqual(initial, after, SECTION[name]), `${name} differs from the initial key`);
  const header = { length: DELTA_OFFSET };
  need(isEqual(initial, after, SECTION.header, header), "header: it differs from the initial key");
}

function isEqual(left: KeyFile, right: KeyFile, id: number, part: { length?: number } = {}): boolean {
  if (left.file.length(id) !== right.file.length(id)) return false;
  const pieces = right.file.pieces(id, part);
  for (const piece of left.file.pieces(id, part))
    if (!piece.equals(pieces.next().value as Buffer)) return false;
  return true;
}

/**
 * C and H are those of the initial key, by its delta over the new one: for random weights z_i of 128 bits,
 * e(Σ z_i P_i, delta2) is the same for both keys. A wrong point passes with a chance of 2^-128.
 */
function requireRatios(initial: KeyFile, after: KeyFile): Promise<void> {
  return withCurve(after.header.wires, async (curve) => {
    const sums = new PointSums(curve);
    for (const name of ["C", "H"] as const) {
      const section = SECTION[name];
      const weights = randomWeights(after.file.length(section) / G1_BYTES);
      const sum = async ({ file }: KeyFile): Promise<G1> =>
        g1Sum((await sums.sum({ file, section, name, group: "G1", weights, weightBytes: WEIGHT_BYTES })).sum);
      const [first, last] = await Promise.all([sum(initial), sum(after)]);
      const isSame = isPairingOne([
        [last, g2Point(after.header.delta2, "delta2")],
        [first.negate(), g2Point(initial.header.delta2, "delta2")],
      ]);
      need(isSame, `${name}: not that of the initial key over delta`);
    }
  });
}
