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
