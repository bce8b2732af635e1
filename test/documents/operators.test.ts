import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { operatorsDocument } from "../../scripts/operators/document.js";
import { opsetsOf } from "../../scripts/operators/opsets.js";
import { onnxRules } from "../../src/import/onnx/rules/index.js";
import { atenRules } from "../../src/import/pt2/aten/index.js";

const ROOT = join(import.meta.dirname, "..", "..");
const text = readFileSync(join(ROOT, "docs/operators.md"), "utf8");

describe("docs/operators.md", () => {
  it("is what `npm run operators` writes", async () => {
    expect(text).to.equal(await operatorsDocument());
  });

  it("has every operator of the tables", () => {
    const named = new Set([...text.matchAll(/`([\w.]+)`/g)].map(([, name]) => name));
    expect([...atenRules.keys(), ...onnxRules.keys()].filter((name) => !named.has(name))).to.deep.equal([]);
  });

  it("finds the opsets that a rule depends on, through the functions that it calls", () => {
    const source = `
      const second = (c) => (c.opset >= 7 ? 1 : 2);
      function last(c) { return c.opset < 13 ? second(c) : 0; }
      export const someRules = { Add: last, Sub: (c) => c.input(0), Mul: second };`;
    expect([...opsetsOf(source)]).to.deep.equal([
      ["Add", [7, 13]],
      ["Sub", []],
      ["Mul", [7]],
    ]);
    expect(
      opsetsOf(readFileSync(join(ROOT, "src/import/onnx/rules/pointwise.ts"), "utf8")).get("Softmax"),
    ).to.deep.equal([13]);
  });
});
