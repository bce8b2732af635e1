import { expect } from "chai";
import { readFileSync } from "node:fs";
import { errorsDocument } from "../../scripts/errors/document.js";

describe("docs/errors.md", () => {
  it("is what `npx tsx scripts/errors.ts` writes", () => {
    expect(readFileSync("docs/errors.md", "utf8")).to.equal(errorsDocument());
  });
});
