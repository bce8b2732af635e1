import { expect } from "chai";
import { readFileSync } from "node:fs";
import { errorTable } from "../../scripts/errors.js";

describe("docs/errors.md", () => {
  it("lists every code with its meaning", () => {
    expect(readFileSync("docs/errors.md", "utf8")).to.contain(errorTable());
  });
});
