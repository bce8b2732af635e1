import { expect } from "chai";
import { readTensor } from "../../src/import/elements.js";

const halves = (...bits: number[]): Uint8Array => new Uint8Array(Uint16Array.from(bits).buffer);

describe("reading tensors out of storages", () => {
  it("reads float16, subnormals and infinities included", () => {
    const { data } = readTensor(halves(0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555, 0x0000), "float16", [6], [1]);
    expect([...data]).to.deep.equal([1, -2, 2 ** -24, Infinity, 0.333251953125, 0]);
  });

  it("reads bfloat16", () => {
    const { data } = readTensor(halves(0x3f80, 0xc000, 0x3eab), "bfloat16", [3], [1]);
    expect([...data]).to.deep.equal([1, -2, 0.333984375]);
  });

  it("reads eight-bit floats in all their forms", () => {
    const read = (type: Parameters<typeof readTensor>[1], ...bytes: number[]): number[] => [
      ...readTensor(Uint8Array.from(bytes), type, [bytes.length], [1]).data,
    ];
    expect(read("float8e4m3fn", 0x38, 0xb8, 0x7e, 0x01, 0x7f)).to.deep.equal([1, -1, 448, 2 ** -9, NaN]);
    expect(read("float8e4m3fnuz", 0x40, 0x7f, 0x80)).to.deep.equal([1, 240, NaN]);
    expect(read("float8e5m2", 0x3c, 0xfc, 0x7b, 0x01)).to.deep.equal([1, -Infinity, 57344, 2 ** -16]);
    expect(read("float8e5m2fnuz", 0x40, 0x7f, 0x80)).to.deep.equal([1, 57344, NaN]);
  });

  it("applies strides and offset", () => {
    const storage = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5, 6).buffer);
    expect([...readTensor(storage, "float32", [3, 2], [1, 3], 1).data]).to.deep.equal([1, 4, 2, 5, 3, 6]);
    expect([...readTensor(storage, "float32", [2, 2], [0, 1], 5).data]).to.deep.equal([5, 6, 5, 6]);
  });

  it("clamps integers beyond 2^53", () => {
    const storage = new Uint8Array(BigInt64Array.of(2n ** 63n - 1n, -5n).buffer);
    expect([...readTensor(storage, "int64", [2], [1]).data]).to.deep.equal([Number.MAX_SAFE_INTEGER, -5]);
  });

  const storage = new Uint8Array(16);
  const refused: [string, number[], number[], number][] = [
    ["beyond the end", [5], [1], 0],
    ["beyond the end by its strides", [2, 2], [3, 1], 0],
    ["before the start", [2], [1], -1],
    ["walking backwards", [2], [-1], 1],
    ["of a fractional size", [1.5], [1], 0],
    ["of a negative size", [-1], [1], 0],
    ["too large for memory", [2 ** 30, 2 ** 20], [0, 0], 0],
    ["with a stride too few", [2, 2], [1], 0],
  ];
  for (const [what, shape, strides, offset] of refused) {
    it(`refuses a tensor ${what}`, () => {
      expect(() => readTensor(storage, "float32", shape, strides, offset)).to.throw(RangeError);
    });
  }
});
