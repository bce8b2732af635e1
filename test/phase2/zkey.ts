import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The parts of ffjavascript that break a key: what the verifier computes otherwise. */
interface Group {
  readonly g: Uint8Array;
  readonly b: Uint8Array;
  add(left: Uint8Array, right: Uint8Array): Uint8Array;
  neg(point: Uint8Array): Uint8Array;
  toAffine(point: Uint8Array): Uint8Array;
  timesScalar(point: Uint8Array, scalar: bigint): Uint8Array;
  isZero(point: Uint8Array): boolean;
  fromRng(stream: unknown): Uint8Array;
  toRprUncompressed(bytes: Uint8Array, offset: number, point: Uint8Array): void;
  batchApplyKey(points: Uint8Array, first: Uint8Array, factor: Uint8Array): Promise<Uint8Array>;
}

interface Field {
  readonly w: readonly Uint8Array[];
  e(value: bigint): Uint8Array;
  inv(element: Uint8Array): Uint8Array;
  add(left: Uint8Array, right: Uint8Array): Uint8Array;
  mul(left: Uint8Array, right: Uint8Array): Uint8Array;
  square(element: Uint8Array): Uint8Array;
  sqrt(element: Uint8Array): Uint8Array;
  isSquare(element: Uint8Array): boolean;
  fromObject(value: readonly bigint[]): Uint8Array;
  toObject(element: Uint8Array): bigint;
  fromRng(stream: unknown): Uint8Array;
}

export interface FullCurve {
  readonly G1: Group;
  readonly G2: Group;
  readonly F2: Field;
  readonly Fr: Field;
  readonly r: bigint;
}

const { ChaCha, buildBn128 } = createRequire(import.meta.url)("ffjavascript") as {
  ChaCha: new (seed: number[]) => unknown;
  buildBn128(singleThread: true): Promise<FullCurve>;
};

let curve: Promise<FullCurve> | undefined;

export function fullCurve(): Promise<FullCurve> {
  return (curve ??= buildBn128(true));
}

/** ffjavascript's stream of random numbers, from the first 32 bytes of a hash. */
export function streamOf(hash: Uint8Array): unknown {
  return new ChaCha(Array.from({ length: 8 }, (_, i) => Buffer.from(hash).readUInt32BE(4 * i)));
}

/** The sections of a `.zkey` or `.ptau` in memory, to be changed. */
export class Sections {
  private constructor(
    private readonly magic: string,
    readonly map: Map<number, Buffer>,
  ) {}

  static read(path: string): Sections {
    const bytes = readFileSync(path);
    const map = new Map<number, Buffer>();
    for (let at = 12; at < bytes.length;) {
      const length = Number(bytes.readBigUInt64LE(at + 4));
      map.set(bytes.readUInt32LE(at), Buffer.from(bytes.subarray(at + 12, at + 12 + length)));
      at += 12 + length;
    }
    return new Sections(bytes.toString("latin1", 0, 4), map);
  }

  get(id: number): Buffer {
    return this.map.get(id)!;
  }

  /** The file. @param more further sections, which may have a number that is there */
  bytes(more: readonly (readonly [number, Buffer])[] = []): Buffer {
    const sections = [...this.map, ...more];
    const head = Buffer.alloc(12);
    head.write(this.magic, "latin1");
    head.writeUInt32LE(1, 4);
    head.writeUInt32LE(sections.length, 8);
    const pieces = sections.flatMap(([id, content]) => {
      const start = Buffer.alloc(12);
      start.writeUInt32LE(id);
      start.writeBigUInt64LE(BigInt(content.length), 4);
      return [start, content];
    });
    return Buffer.concat([head, ...pieces]);
  }

  /** A contribution's bytes each. */
  contributions(): Buffer[] {
    const section = this.get(10);
    const fixed = 64 * 3 + 128 + 64 + 8;
    const list: Buffer[] = [];
    for (let at = 68; at < section.length;) {
      const length = fixed + section.readUInt32LE(at + fixed - 4);
      list.push(Buffer.from(section.subarray(at, at + length)));
      at += length;
    }
    return list;
  }

  setContributions(list: readonly Buffer[]): void {
    const head = Buffer.from(this.get(10).subarray(0, 68));
    head.writeUInt32LE(list.length, 64);
    this.map.set(10, Buffer.concat([head, ...list]));
  }
}

/** A contribution with a secret of one's choice, added to a key without one. */
export async function contributeWith(sections: Sections, secret: bigint): Promise<void> {
  const { G1, G2, Fr } = await fullCurve();
  const uncompressed = (point: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(64);
    G1.toRprUncompressed(bytes, 0, point);
    return bytes;
  };
  const s = G1.toAffine(G1.timesScalar(G1.g, 987654321n));
  const sx = G1.toAffine(G1.timesScalar(s, secret));
  const circuitHash = sections.get(10).subarray(0, 64);
  const transcript = createHash("blake2b512")
    .update(circuitHash)
    .update(uncompressed(s))
    .update(uncompressed(sx))
    .digest();
  const spx = G2.toAffine(G2.timesScalar(G2.fromRng(streamOf(transcript)), secret));
  const delta = G1.toAffine(G1.timesScalar(G1.g, secret));
  sections.get(2).set(delta, 468);
  sections.get(2).set(G2.toAffine(G2.timesScalar(G2.g, secret)), 532);
  const inverse = Fr.inv(Fr.e(secret));
  for (const id of [8, 9]) {
    const points = await G1.batchApplyKey(Uint8Array.from(sections.get(id)), inverse, Fr.e(1n));
    sections.map.set(id, Buffer.from(points));
  }
  sections.setContributions([Buffer.concat([delta, s, sx, spx, transcript, Buffer.alloc(8)])]);
}

/** A point of order 10069 on the curve of G2, outside of its subgroup. */
export async function smallOrderPoint(): Promise<Uint8Array> {
  const { G2, F2, r } = await fullCurve();
  const cofactor = 0x30644e72e131a029b85045b68181585e06ceecda572a2489345f2299c0f9fa8dn;
  for (let i = 1n; ; i++) {
    const x = F2.fromObject([i, 1n]);
    const square = F2.add(F2.mul(F2.square(x), x), G2.b);
    if (!F2.isSquare(square)) continue;
    const point = G2.timesScalar(Buffer.concat([x, F2.sqrt(square)]), (r * cofactor) / 10069n);
    if (!G2.isZero(point)) return G2.toAffine(point);
  }
}
