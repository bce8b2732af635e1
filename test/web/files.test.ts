import { expect } from "chai";
import type { Card } from "../../src/artifacts/cardForm.js";
import { npy } from "../import/samples/npy.js";
import { rowOfCsv } from "../../web/checkout/input/csv.js";
import { domainsOf, problemOf, vocabularyOf } from "../../web/checkout/input/domain.js";
import { sampleOfFile } from "../../web/checkout/input/fileOf.js";
import { fieldsOf, sampleOfFields } from "../../web/checkout/input/labels.js";
import { filledUp, tokensOf } from "../../web/checkout/input/tokens.js";

const features = ["width", "petal, length", "age"];

/** A model with inputs of so many elements from 0 to 1. */
function modelOf(sizes: Readonly<Record<string, number[]>>, card?: Card) {
  const inputs = Object.entries(sizes).map(([name, shape]) => {
    const count = shape.reduce((product, side) => product * side, 1);
    const packing = { count, width: 8, offset: 0, perWord: 31, words: Math.ceil(count / 31) };
    return { name, signal: name, shape, scale: [1 / 255], offset: [0], hi: 255, packing };
  });
  return { inputs, ...(card && { card }) };
}
const named = modelOf({ x: [1, 3] }, { inputs: { x: { features, units: ["cm", "cm", "a"] } } });
const fields = fieldsOf(domainsOf(named));
const f32 = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);

describe("a table in a file", () => {
  it("goes by the names in its header, in any order, and says what it left out", () => {
    expect(rowOfCsv('age,width,"petal, length"\n0.1,0.2,0.3\n', fields)).to.deep.equal({
      values: [0.2, 0.3, 0.1],
      notes: [],
    });
    const more =
      '\ufeffid;width; age ;"petal, length";note\r\n\r\n7;1e-1;0.5;-.25;"a ""b""\r\nc"\r\n8;0;0;0;d\r\n';
    expect(rowOfCsv(more, fields)).to.deep.equal({
      values: [0.1, -0.25, 0.5],
      notes: [
        "The file has several rows: the first is taken.",
        "Columns that the model does not know: id, note.",
      ],
    });
    const tabs = "width\tpetal, length\tage\n1\t2\t3";
    expect(rowOfCsv(tabs, fields).values).to.deep.equal([1, 2, 3]);
  });

  it("may have no header", () => {
    expect(rowOfCsv("1,2,3\n4,5,6", fields)).to.deep.equal({
      values: [1, 2, 3],
      notes: [
        "The file has no header: its columns are taken in the order of the table.",
        "The file has several rows: the first is taken.",
      ],
    });
    const plain = fieldsOf(domainsOf(modelOf({ x: [1, 2], y: [1] })));
    expect(rowOfCsv("y[0],x[1],x[0]\n3,2,1", plain).values).to.deep.equal([1, 2, 3]);
  });

  it("is refused with the missing columns, or the row and the column of what is no number", () => {
    for (const [text, words] of [
      ["width,age\n1,2", 'The file has no column "petal, length".'],
      ["a\n1", 'no column "width", "petal, length", "age".'],
      ['width,width,age,"petal, length"\n1,1,1,1', 'The column "width" is there twice.'],
      ['width,age,"petal, length"\n1,two,3', 'Row 2, column "age": "two" is no number.'],
      ['width,age,"petal, length"\n1,NaN,3', 'Row 2, column "age": "NaN" is no number.'],
      ['width,age,"petal, length"\n1, ,3', 'Row 2, column "age": there is no number.'],
      ['width,age,"petal, length"\n1,2', 'Row 2, column "petal, length": there is no number.'],
      ['width,age,"petal, length"', "a header, and no row under it"],
      ["1,2", "A row of this file has 2 numbers, and the model takes 3."],
      ["", "This file is empty."],
      ["\n\r\n  \n", "This file is empty."],
      ['"width,age\n1,2', "A quotation mark of this file is not closed."],
      ['"width"x,age\n1,2', "A quotation mark of this file is not closed."],
    ])
      expect(() => rowOfCsv(text, fields), text).to.throw(words);
  });

  it("is read in a moment, however many columns it has", () => {
    const size = 60_000;
    const wide = fieldsOf(domainsOf(modelOf({ x: [size] })));
    const names = wide.map(({ label }) => label).reverse();
    const row = names.map((_, i) => (i % 5) / 5).join(";");
    const { values } = rowOfCsv(`${names.join(";")}\n${row}`, wide);
    expect(values.slice(-2)).to.deep.equal([0.2, 0]);
    for (const header of ["a,", "width,", '"",', ","])
      expect(() => rowOfCsv(`${header.repeat(2 ** 20)}\n1`, fields), header).to.throw(
        "A row of this file has more than 1003 columns.",
      );
    const others = Array.from({ length: 1000 }, (_, i) => `n${i}`).join();
    expect(rowOfCsv(`width,age,"petal, length",${others}\n1,2,3`, fields).notes.join()).to.contain(
      "n4 and 995 more",
    );
  }).timeout(5000);

  it("fills inputs of any name, and of no object's own", () => {
    const odd = fieldsOf(domainsOf(modelOf({ constructor: [1], toString: [2] })));
    expect(Object.entries(sampleOfFields(odd, [1, 2, 3]))).to.deep.equal([
      ["constructor", [1]],
      ["toString", [2, 3]],
    ]);
    const [field] = fieldsOf(domainsOf(modelOf({ x: [1] })));
    expect(Object.keys(sampleOfFields([{ ...field, input: "__proto__" }], [7]))).to.deep.equal(["__proto__"]);
    expect(Object.hasOwn(Object.prototype, "0")).to.equal(false);
  });

  it("tells features of one name apart, and says in their names what is outside of the domain", () => {
    const both = modelOf(
      { x: [1, 1], y: [1, 1] },
      {
        inputs: { x: { features: ["age"] }, y: { features: ["age"] } },
      },
    );
    expect(fieldsOf(domainsOf(both)).map(({ label }) => label)).to.deep.equal(["x: age", "y: age"]);
    expect(problemOf(named, { x: [0, 0, 7] })).to.match(/^age = 7 is outside the model's domain/);
  });
});

describe("a file with an input", () => {
  const read = (content: string | Uint8Array<ArrayBuffer>, model = modelOf({ x: [1, 3] })) =>
    sampleOfFile(new Blob([content]), domainsOf(model));
  const refusal = (content: string | Uint8Array<ArrayBuffer>, model?: ReturnType<typeof modelOf>) =>
    read(content, model).then(
      () => expect.fail("it was not refused"),
      (error: Error) => error.message,
    );
  const array = (descr: string, shape: string, data: Uint8Array, order?: string) =>
    new Uint8Array(npy(`'${descr}'`, shape, data, 1, order));

  it("is .npy, JSON or CSV by its content", async () => {
    const x = { x: [1, 2, 3] };
    for (const shape of ["3,", "1, 3"])
      expect(await read(array("<f4", shape, f32(1, 2, 3)))).to.deep.equal({ sample: x, notes: [] });
    expect((await read(array("|u1", "3,", Buffer.from([1, 2, 3])))).sample).to.deep.equal(x);
    expect(await read(array("<f4", "2, 3", f32(1, 2, 3, 4, 5, 6)))).to.deep.equal({
      sample: x,
      notes: ["The file has 2 inputs: the first is taken."],
    });
    const square = modelOf({ x: [1, 2, 2] });
    expect((await read(array("<f4", "2, 2", f32(1, 3, 2, 4), "True"), square)).sample).to.deep.equal({
      x: [1, 2, 3, 4],
    });
    expect((await read(' {"x": [1, 2, 3]}')).sample).to.deep.equal(x);
    expect((await read("[[1, 2, 3]]")).sample).to.deep.equal(x);
    expect((await read("x[2],x[1],x[0]\n3,2,1")).sample).to.deep.equal(x);
  });

  it("is refused where it is too large, damaged, of another shape, or none", async () => {
    // A Blob of that size is not read: the limit comes first.
    const huge = { size: 2 ** 24 + 1, arrayBuffer: () => expect.fail("it was read") } as unknown as Blob;
    const refused = await sampleOfFile(huge, domainsOf(named)).catch((error: Error) => error.message);
    expect(refused).to.contain("larger than 16 MiB");
    for (const [content, words] of [
      [array("<f4", "4,", f32(1, 2, 3, 4)), "The array has the shape [4], and the model takes [1, 3]."],
      [array("<f4", "0, 3", f32()), "The array has the shape [0, 3]"],
      [array("<f4", "3,", f32(1, 2)), "This file is damaged"],
      [array("|O", "3,", f32(1, 2)), "not numbers or bools"],
      [array("<f4", "99999999999, 3", f32(1, 2)), "This file is damaged"],
      [new Uint8Array([0x93, 0x4e]), "This file is damaged: it is not a NumPy array"],
      [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0]), "This is no .npy, JSON or CSV file."],
      ["a\0b", "This is no .npy, JSON or CSV file."],
      ["{", "This is not JSON."],
      ['{"z": [1]}', 'The model has no input "z".'],
    ] as const)
      expect(await refusal(content), String(content).slice(0, 20)).to.contain(words);
    expect(await refusal(array("<f4", "3,", f32(1, 2, 3)), modelOf({ x: [3], y: [3] }))).to.contain(
      "an .npy file is one",
    );
  });
});

describe("tokens of a text", () => {
  const vocabulary = ["<pad>", "?", "a", "ab", "abc", " ", "\n", "🙂", "c"];
  const numbers = (text: string, unknown?: string) =>
    tokensOf(text, { vocabulary, unknown }).map(({ number }) => number);

  it("are the longest ones that it goes on with", () => {
    expect(numbers("abc a\n🙂c")).to.deep.equal([4, 5, 2, 6, 7, 8]);
    expect(numbers("ab ab?b", "?")).to.deep.equal([3, 5, 3, 1, 1]);
    expect(numbers("")).to.deep.equal([]);
  });

  it("stand for a run of text that has none, or name it", () => {
    expect(tokensOf("aξ🙃bξc", { vocabulary, unknown: "?" })).to.deep.equal([
      { text: "a", number: 2, isUnknown: false },
      { text: "ξ🙃bξ", number: 1, isUnknown: true },
      { text: "c", number: 8, isUnknown: false },
    ]);
    expect(() => numbers("a🙃")).to.throw('No token of the model begins with "🙃" (character 2).');
    expect(() => numbers("x".repeat(2 ** 17 + 1))).to.throw("too long");
  });

  it("are as many as the model takes, or are filled up", () => {
    const pieces = tokensOf("ab a", { vocabulary });
    expect(filledUp(pieces, 3, { vocabulary })).to.deep.equal([3, 5, 2]);
    expect(filledUp(pieces, 5, { vocabulary, padding: "<pad>" })).to.deep.equal([3, 5, 2, 0, 0]);
    expect(() => filledUp(pieces, 5, { vocabulary })).to.throw(
      "Your text has 3 tokens, and the model takes 5: go on.",
    );
    expect(() => filledUp(pieces, 2, { vocabulary, padding: "<pad>" })).to.throw(
      "the model takes 2: shorten it.",
    );
  });

  it("are cut off behind those that the model takes, in a moment at each key", () => {
    const words = { vocabulary: Array.from({ length: 2 ** 18 }, (_, i) => `t${i};`), unknown: "t1;" };
    const text = "t5;".repeat(10_000);
    const start = performance.now();
    for (let key = 0; key < 100; key++) expect(tokensOf(text, words, 5000)).to.have.length(5000);
    expect(performance.now() - start).to.be.below(5000);
    expect(() => filledUp(tokensOf("ab ab ab", { vocabulary }, 3), 2, { vocabulary })).to.throw(
      "Your text has more than 2 tokens, and the model takes 2: shorten it.",
    );
    expect(() => tokensOf("?".repeat(51), { vocabulary, unknown: "?" }, 10)).to.throw("too long");
  });

  it("are of a model with one input alone", () => {
    const card = { inputs: { x: { vocabulary, unknown: "?" } } };
    expect(vocabularyOf(domainsOf(modelOf({ x: [3] }, card)))).to.include({ vocabulary, unknown: "?" });
    expect(vocabularyOf(domainsOf(modelOf({ x: [3], mask: [3] }, card)))).to.equal(undefined);
    expect(vocabularyOf(domainsOf(modelOf({ x: [3] })))).to.equal(undefined);
  });
});
