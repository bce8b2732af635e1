import { expect } from "chai";
import { rangeText } from "../../web/checkout/checkedWords.js";
import { domainsOf, inkRange, pictureOf, problemOf, valuesOf } from "../../web/checkout/input/domain.js";
import { boxOf, centered, inkOfImage, resample } from "../../web/checkout/input/ink.js";
import { sampleOfText } from "../../web/checkout/input/json.js";

/** A model's input whose elements are 0 to 1, but for the first, which is 0 to 0.5. */
function inputsOf(shape: number[]) {
  const count = shape.reduce((product, side) => product * side, 1);
  const scale = Array.from({ length: count }, (_, i) => (i === 0 ? 0.5 : 1) / 255);
  const packing = { count, width: 8, offset: 0, perWord: 31, words: Math.ceil(count / 31) };
  return { inputs: [{ name: "x", signal: "x", shape, scale, offset: [0], hi: 255, packing }] };
}
const picture = (shape: number[]) => pictureOf(domainsOf(inputsOf(shape)));

describe("the forms of the page", () => {
  it("draw what looks like a picture of one channel", () => {
    for (const shape of [
      [1, 1, 28, 28],
      [1, 28, 28],
      [28, 28],
    ])
      expect(picture(shape), String(shape)).to.include({ width: 28, height: 28 });
    expect(picture([1, 1, 6, 9])).to.include({ width: 9, height: 6 });
    for (const shape of [[1, 64], [64]]) expect(picture(shape)).to.include({ width: 8, height: 8 });
    for (const shape of [
      [1, 4],
      [1, 49],
      [1, 65],
      [1, 3, 8, 8],
      [2, 1, 8, 8],
      [1, 4, 9],
    ])
      expect(picture(shape), String(shape)).to.equal(undefined);
  });

  it("bring each pixel into what its element may be", () => {
    const found = picture([1, 64])!;
    const values = valuesOf(found, Array<number>(64).fill(1));
    expect(values.slice(0, 2)).to.deep.equal([0.5, 1]);
    expect(problemOf(inputsOf([1, 64]), { x: values })).to.equal(undefined);
  });

  it("take an input of millions of numbers", () => {
    const size = 2000;
    const packing = { count: size * size, width: 8, offset: 0, perWord: 31, words: 1 };
    const large = {
      name: "x",
      signal: "x",
      shape: [size, size],
      scale: [0.5],
      offset: [0],
      hi: 255,
      packing,
    };
    const domains = domainsOf({ inputs: [large] });
    expect(rangeText(domains[0])).to.equal("x of 2000 × 2000 numbers from 0 to 127.5");
    expect(inkRange(pictureOf(domains)!)).to.deep.equal({ paper: 0, ink: 127.5 });
  });

  it("say which number is outside of the domain, and what is missing", () => {
    const model = inputsOf([1, 4]);
    expect(problemOf(model, { x: [0.5, 0.25, 1, 0] })).to.equal(undefined);
    expect(problemOf(model, { x: [0, 0, 0, 2] })).to.match(
      /^x\[3\] = 2 is outside the model's domain \[0, 1\]/,
    );
    expect(problemOf(model, { x: [0, NaN, 0, 0] })).to.contain("x[1] = NaN");
    expect(problemOf(model, { x: [0, 0] })).to.contain("shape");
    expect(problemOf(model, {})).to.contain('"x" is missing');
  });

  it("read numbers of JSON, nested or not, and nothing else", () => {
    const [x] = domainsOf(inputsOf([1, 4]));
    expect(sampleOfText("[[1, 2], [3, 4]]", [x])).to.deep.equal({ x: [1, 2, 3, 4] });
    expect(sampleOfText('{"x": [1, 2]}', [x])).to.deep.equal({ x: [1, 2] });
    const both = [x, { ...x, name: "y" }];
    expect(sampleOfText('{"y": [1], "x": 2}', both)).to.deep.equal({ x: [2], y: [1] });
    for (const [text, words] of [
      ["1 2", "This is not JSON."],
      ["3", "Give numbers"],
      ["null", "Give numbers"],
      ['{"z": [1]}', 'no input "z"'],
      ['[1, "2"]', "x[1] is not a number"],
      ['{"x": {"0": 1}}', "x[0] is not a number"],
      ['{"__proto__": [1]}', 'no input "__proto__"'],
    ])
      expect(() => sampleOfText(text, [x]), text).to.throw(words);
    expect(() => sampleOfText("[1]", both)).to.throw("The model has 2 inputs");
  });
});

describe("ink", () => {
  const ink = (width: number, height: number, at: (x: number, y: number) => number) => ({
    width,
    height,
    data: Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width))),
  });

  it("is found, made as large as fits, and centered", () => {
    const bar = ink(20, 20, (x, y) => (x >= 2 && x < 4 && y >= 5 && y < 13 ? 1 : 0));
    const box = boxOf(bar)!;
    expect(box).to.deep.equal({ left: 2, top: 5, width: 2, height: 8 });
    const small = resample(bar, centered(box, { width: 8, height: 8 }), 8, 8);
    expect(small).to.deep.equal(ink(8, 8, (x) => (x === 3 || x === 4 ? 1 : 0)).data);
    // A large one keeps an edge: 4 of 28 on each side.
    const large = resample(bar, centered(box, { width: 28, height: 28 }), 28, 28);
    const rows = Array.from({ length: 28 }, (_, y) => large[28 * y + 14]);
    expect(rows.map((one) => Math.round(one)).join("")).to.equal(
      `${"0".repeat(4)}${"1".repeat(20)}${"0".repeat(4)}`,
    );
    expect(boxOf(ink(9, 9, () => 0))).to.equal(undefined);
  });

  it("of an image is what differs from its ground; transparent is white", () => {
    const pixel = (grey: number, alpha = 255) => [grey, grey, grey, alpha];
    const image = (ground: number[], mark: number[]) =>
      inkOfImage(Array.from({ length: 9 }, (_, i) => (i === 4 ? mark : ground)).flat(), 3, 3).data;
    for (const found of [
      image(pixel(255), pixel(0)),
      image(pixel(0), pixel(255)),
      image(pixel(0, 0), pixel(0)),
    ])
      expect(Array.from(found, (one) => Math.round(100 * one) / 100)).to.deep.equal([
        0, 0, 0, 0, 1, 0, 0, 0, 0,
      ]);
  });
});
