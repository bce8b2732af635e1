import { isZip } from "../../src/import/zip.js";
import { writeZip } from "./zipWriter.js";

/** Numbers in [0, 1) from a seed (mulberry32), so that a failure can be repeated. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)];

/** A damaged or malicious variant of the file, sometimes with checksums made good again. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  if (isZip(bytes) && random() < 0.7) return mutateEntries(bytes, random);
  return pick(random, [flipBytes, cut, remove, repeat, overwriteLength])(Buffer.from(bytes), random);
}

function flipBytes(bytes: Buffer, random: Random): Buffer {
  for (let i = below(random, 8); i >= 0; i--) bytes[below(random, bytes.length)] ^= 1 << below(random, 8);
  return bytes;
}

function cut(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, below(random, bytes.length));
}

function remove(bytes: Buffer, random: Random): Buffer {
  const start = below(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + below(random, 64))]);
}

function repeat(bytes: Buffer, random: Random): Buffer {
  const start = below(random, bytes.length);
  const part = bytes.subarray(start, start + 1 + below(random, 64));
  return Buffer.concat([
    bytes.subarray(0, start),
    ...new Array<Buffer>(1 + below(random, 50)).fill(part),
    bytes.subarray(start),
  ]);
}

function overwriteLength(bytes: Buffer, random: Random): Buffer {
  const value = pick(random, [0, 1, 0x7f, 0xff, 0x7fffffff, 0xfffffffe, 0xffffffff]);
  if (bytes.length >= 4) bytes.writeUInt32LE(value, below(random, bytes.length - 3));
  return bytes;
}

/** Mutates what is inside a zip and writes valid checksums around it, so that the readers within are reached. */
function mutateEntries(bytes: Buffer, random: Random): Buffer {
  const all = entries(bytes);
  const action = random();
  if (action < 0.05) return writeZip(all.filter((_, i) => i !== below(random, all.length)));
  if (action < 0.1) return writeZip([...all, pick(random, all)]);
  const chosen = below(random, all.length);
  return writeZip(
    all.map(({ name, data }, i) => {
      if (i !== chosen) return { name, data };
      if (name.endsWith(".json")) return { name, data: mutateJson(data, random) };
      return { name, data: data.length === 0 ? data : mutate(data, random) };
    }),
  );
}

const oddNumbers = [
  "-1",
  "0",
  "99999999999",
  "9223372036854775807",
  "1e308",
  "-Infinity",
  "NaN",
  "2147483648",
  "null",
];
const oddTexts = [
  '"__proto__"',
  '"constructor"',
  '""',
  '"as_none"',
  '"as_tensor"',
  '"torch.ops.aten.cat.default"',
  "{}",
  "[]",
];

/** Replaces a few numbers and texts of a JSON file by others, of the file or odd ones. */
function mutateJson(data: Buffer, random: Random): Buffer {
  if (random() < 0.2) return mutate(data, random);
  let text = data.toString();
  for (let i = below(random, 3); i >= 0; i--) {
    const number = random() < 0.5;
    const tokens = [...text.matchAll(number ? /-?\d+(\.\d+)?/g : /"[^"\\]*"/g)];
    if (tokens.length === 0) break;
    const token = pick(random, tokens);
    const other = random() < 0.5 ? pick(random, tokens)[0] : pick(random, number ? oddNumbers : oddTexts);
    text = text.slice(0, token.index) + other + text.slice(token.index + token[0].length);
  }
  return Buffer.from(text);
}

/** The stored entries of a zip file that PyTorch or NumPy wrote, by walking over its local headers. */
export function entries(bytes: Buffer): { name: string; data: Buffer }[] {
  const found: { name: string; data: Buffer }[] = [];
  for (let at = 0; at + 30 < bytes.length && bytes.readUInt32LE(at) === 0x04034b50;) {
    const [flags, nameLength, extraLength] = [
      bytes.readUInt16LE(at + 6),
      bytes.readUInt16LE(at + 26),
      bytes.readUInt16LE(at + 28),
    ];
    const name = bytes.toString("utf8", at + 30, at + 30 + nameLength);
    const start = at + 30 + nameLength + extraLength;
    const end =
      flags & 8 ? bytes.indexOf("PK\x07\x08", start, "latin1") : start + bytes.readUInt32LE(at + 18);
    if (end < start) break;
    found.push({ name, data: Buffer.from(bytes.subarray(start, end)) });
    at = flags & 8 ? end + 16 : end;
  }
  return found;
}
