import type { Curve } from "snarkjs";
import { type CurveGroup, GROUPS } from "../groth16/curveGroup.js";
import { allocate } from "../groth16/curveMemory.js";
import { BASE_FIELD_ORDER } from "../groth16/field.js";
import { littleEndian } from "./points.js";
import { need } from "./refused.js";
import type { SectionFile } from "./sectionFile.js";

/** Points that a thread adds up at once: 4 MiB of G1. */
const PIECE = 2 ** 16;

/** Of bits. The cofactor of G2 has no prime factor below 10069, which is above 2^13: see {@link PointSums.sum}. */
const WIDEST_WINDOW = 13;

/** What a bucket takes, and a window: in G2 a check of the subgroup. In additions of points. */
const BUCKET_COST = 3;
const WINDOW_COST = { G1: 0, G2: 1000 } as const;

const TOP_WORD = Number(BASE_FIELD_ORDER >> 224n);

/** Points of a section, and how many bytes and bits there are for the weight of each. */
export interface SumParameters {
  readonly file: SectionFile;
  readonly section: number;
  /** For messages. */
  readonly name: string;
  readonly group: CurveGroup["name"];
  /** Index of the first point in the section. @default 0 */
  readonly first?: number;
  /** Little-endian, as many as points, each of the same number of bytes. */
  readonly weights: Uint8Array;
  readonly weightBytes: number;
  /** That weights have at most. @default 8 · weightBytes */
  readonly weightBits?: number;
}

export interface PointSum {
  /** Σ weight · point, affine; all zero at infinity. */
  readonly sum: Uint8Array;
  /** One sum for each window of the weights' bits, affine: Σ digit · point. */
  readonly windows: readonly Uint8Array[];
}

/**
 * Weighted sums of the points of files, in the threads of a curve, a few pieces at a time. All sums may run at once.
 */
export class PointSums {
  private readonly scratch: number;
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /**
   * @param curve whose threads add up.
   * @param onPoints is told how many points were added up.
   */
  constructor(
    private readonly curve: Curve,
    private readonly onPoints?: (count: number) => void,
  ) {
    this.scratch = allocate(curve.tm, GROUPS.G2.pointBytes);
    this.free = curve.tm.concurrency + 1;
  }

  /**
   * Adds up weighted points, each of which must be on the curve (or at infinity, all zero), with coordinates below q.
   *
   * The sum comes from sums over windows of w ≤ 13 bits of the weights (N. Pippenger's buckets). In G2 these show,
   * at no cost, that all points are in the subgroup of order r: for points P_i with P_j outside, the part of
   * W = Σ d_i P_i outside of the subgroup is 0 for at most one digit d_j, since its order is at least 10069 > 2^w.
   * So a window shows nothing with a chance of at most 2^-w, and all windows of 128-bit weights with 2^-128.
   *
   * @throws Refused that names the first point that is not on the curve.
   */
  async sum(parameters: SumParameters): Promise<PointSum> {
    const { file, section, group, first = 0, weights, weightBytes } = parameters;
    const { weightBits = 8 * weightBytes } = parameters;
    const { pointBytes } = GROUPS[group];
    const count = weights.length / weightBytes;
    const bits = windowBits(group, Math.min(count, PIECE), weightBits);
    const windows = new Array<Uint8Array>(Math.ceil(weightBits / bits)).fill(this.curve[group].zero);
    const tasks: Promise<void>[] = [];
    for (let done = 0; done < count; done += PIECE) {
      await this.takeSlot();
      const task = this.sumPiece({
        group,
        points: file.read(section, pointBytes * (first + done), pointBytes * Math.min(PIECE, count - done)),
        weights: weights.slice(weightBytes * done, weightBytes * (done + PIECE)),
        ...{ weightBytes, weightBits, bits, place: { name: parameters.name, first: first + done } },
      })
        .then((sums) => sums.forEach((sum, i) => (windows[i] = this.curve[group].add(windows[i], sum))))
        .finally(() => this.giveSlot());
      // Awaited below, all together: until then an error is not an unhandled rejection.
      task.catch(() => undefined);
      tasks.push(task);
    }
    await Promise.all(tasks);
    return { sum: this.join(group, windows, bits), windows: windows.map((sum) => this.affine(group, sum)) };
  }

  private async sumPiece({ group, points, weights, ...piece }: Piece): Promise<Uint8Array[]> {
    const { tm } = this.curve;
    const { elementBytes, pointBytes } = GROUPS[group];
    this.requireOnCurve(group, points, piece.place);
    const { bits, weightBits, weightBytes } = piece;
    const count = points.length / pointBytes;
    const [POINTS, WEIGHTS, RESULT] = [0, 1, 2];
    const windows = Array.from({ length: Math.ceil(weightBits / bits) }, (_, i) => i);
    const commands = [
      { cmd: "ALLOCSET", var: POINTS, buff: points },
      { cmd: "ALLOCSET", var: WEIGHTS, buff: weights },
      { cmd: "ALLOC", var: RESULT, len: 3 * elementBytes },
      // The buckets are beyond what a thread has allocated: it makes sure of twice as much as it is asked for.
      { cmd: "ALLOC", var: 3, len: 3 * elementBytes * 2 ** bits },
      ...windows.flatMap((i) => [
        {
          cmd: "CALL",
          fnName: `${group.toLowerCase()}m_multiexpAffine_chunk`,
          params: [
            ...[{ var: POINTS }, { var: WEIGHTS }, { val: weightBytes }, { val: count }],
            ...[{ val: i * bits }, { val: Math.min(bits, weightBits - i * bits) }, { var: RESULT }],
          ],
        },
        { cmd: "GET", out: i, var: RESULT, len: 3 * elementBytes },
      ]),
    ];
    const sums = await tm.queueAction(commands);
    this.onPoints?.(count);
    return sums;
  }

  /** Sums of points off the curve prove nothing: the formulas of addition do not see its constant. */
  private requireOnCurve(group: CurveGroup["name"], points: Buffer, { name, first }: Place): void {
    const { tm } = this.curve;
    const isOnCurve = tm.instance.exports[`${group.toLowerCase()}m_inCurveAffine`];
    const { pointBytes } = GROUPS[group];
    const words = new Uint32Array(points.buffer, points.byteOffset, points.length / 4);
    const wordsOfPoint = pointBytes / 4;
    for (let i = 0; i < points.length / pointBytes; i++) {
      let isZero = true;
      for (let word = 0; word < wordsOfPoint; word++) isZero &&= words[wordsOfPoint * i + word] === 0;
      if (isZero) continue;
      const at = `${name}: point ${first + i}`;
      for (let top = 7; top < wordsOfPoint; top += 8)
        if (words[wordsOfPoint * i + top] >= TOP_WORD) {
          const value = littleEndian(points, pointBytes * i + 4 * (top - 7));
          need(value < BASE_FIELD_ORDER, `${at} has a coordinate that is not below q`);
        }
      tm.u8.set(points.subarray(pointBytes * i, pointBytes * (i + 1)), this.scratch);
      need(isOnCurve(this.scratch) === 1, `${at} is not on the curve`);
    }
  }

  /** Σ 2^(bits · i) windows[i]. */
  private join(name: CurveGroup["name"], windows: readonly Uint8Array[], bits: number): Uint8Array {
    const group = this.curve[name];
    let sum = group.zero;
    for (const window of windows.toReversed()) {
      for (let bit = 0; bit < bits; bit++) sum = group.double(sum);
      sum = group.add(sum, window);
    }
    return this.affine(name, sum);
  }

  private affine(name: CurveGroup["name"], point: Uint8Array): Uint8Array {
    const group = this.curve[name];
    return group.isZero(point) ? new Uint8Array(GROUPS[name].pointBytes) : group.toAffine(point);
  }

  private async takeSlot(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private giveSlot(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}

interface Place {
  readonly name: string;
  /** Index of the piece's first point. */
  readonly first: number;
}

interface Piece {
  readonly group: CurveGroup["name"];
  readonly points: Buffer;
  readonly weights: Uint8Array;
  readonly weightBytes: number;
  readonly weightBits: number;
  readonly bits: number;
  readonly place: Place;
}

/** The window with which sums of `count` points cost least. */
function windowBits(group: CurveGroup["name"], count: number, weightBits: number): number {
  const cost = (bits: number): number =>
    Math.ceil(weightBits / bits) * (count + BUCKET_COST * 2 ** bits + WINDOW_COST[group]);
  let best = 1;
  for (let bits = 2; bits <= WIDEST_WINDOW; bits++) if (cost(bits) < cost(best)) best = bits;
  return best;
}
