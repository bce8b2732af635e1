import { createHash } from "node:crypto";
import { expect } from "chai";
import { beaconSecret, chaCha20, hashToG2 } from "../../src/phase2/hashToCurve.js";
import { uncompressed } from "../../src/phase2/points.js";
import { fullCurve, type FullCurve, streamOf } from "./zkey.js";

describe("hashes to the curve", () => {
  let curve: FullCurve;
  before(async () => (curve = await fullCurve()));

  const hashes = Array.from({ length: 12 }, (_, i) => createHash("blake2b512").update(`${i}`).digest());
  const bytesOf = (point: { toAffine(): { x: unknown; y: unknown } }): string => {
    const { x, y } = point.toAffine() as Record<"x" | "y", { c0: bigint; c1: bigint } | bigint>;
    return [x, y]
      .flatMap((value) => (typeof value === "bigint" ? [value] : [value.c1, value.c0]))
      .map((value) => value.toString(16).padStart(64, "0"))
      .join("");
  };
  const hexOf = (point: Uint8Array): string => Buffer.from(uncompressed(point)).toString("hex");

  it("draw ChaCha20's stream (RFC 8439, A.1: test vector 1 and 2)", () => {
    const stream = chaCha20(new Uint8Array(32));
    const words = Array.from({ length: 32 }, () => stream.next().value);
    const bytes = Buffer.alloc(128);
    words.forEach((word, i) => bytes.writeUInt32LE(word, 4 * i));
    expect(bytes.toString("hex", 0, 16)).to.equal("76b8e0ada0f13d90405d6ae55386bd28");
    expect(bytes.toString("hex", 64, 80)).to.equal("9f07e7be5551387a98ba977c732d080d");
  });

  it("are those of ffjavascript, in the subgroup of G2", () => {
    const { G2 } = curve;
    for (const hash of hashes) {
      const point = hashToG2(hash);
      expect(point.isTorsionFree()).to.equal(true);
      expect(bytesOf(point)).to.equal(hexOf(G2.toAffine(G2.fromRng(streamOf(hash)))));
    }
  });

  it("give a beacon's secret and point as ffjavascript does", () => {
    const { G1, Fr } = curve;
    for (const value of hashes.slice(0, 6)) {
      let hash: Buffer = value;
      for (let i = 0; i < 1024; i++) hash = createHash("sha256").update(hash).digest();
      const stream = streamOf(hash);
      const secret = Fr.toObject(Fr.fromRng(stream));
      const { secret: ours, g1s } = beaconSecret(value, 10);
      expect(ours).to.equal(secret);
      expect(bytesOf(g1s)).to.equal(hexOf(G1.toAffine(G1.fromRng(stream))));
    }
  });
});
