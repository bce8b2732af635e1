import { expect } from "chai";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const TEXT = readFileSync(join(ROOT, "docs/soundness.md"), "utf8");

/** The templates of each file of the library. */
function library(): Record<string, string[]> {
  const files = globSync(join(ROOT, "circuits/**/*.circom")).sort();
  const entries = files.map((file) => {
    const templates = [...readFileSync(file, "utf8").matchAll(/^template (\w+)\(/gm)].map(([, name]) => name);
    return [relative(ROOT, file), templates.sort()] as const;
  });
  return Object.fromEntries(entries.filter(([, templates]) => templates.length > 0));
}

/** The sections below the headings of files. */
function sections(): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const chapter of TEXT.split(/^## /m).slice(1)) {
    const title = chapter.split("\n", 1)[0];
    if (!title.startsWith("circuits/")) continue;
    expect(found, "a file has one chapter").not.to.have.property(title);
    found[title] = [...chapter.matchAll(/^### (.+)$/gm)].map(([, name]) => name).sort();
  }
  return found;
}

describe("docs/soundness.md", () => {
  it("has a section for each template of the library, and for no other", () => {
    expect(sections()).to.deep.equal(library());
  });

  it("says something in each", () => {
    const chapters = TEXT.split(/^## /m).filter((chapter) => chapter.startsWith("circuits/"));
    const parts = chapters.flatMap((chapter) => chapter.split(/^### /m).slice(1));
    expect(parts.length).to.equal(Object.values(library()).flat().length);
    expect(parts.filter((part) => /^\w+\s*$/.test(part))).to.deep.equal([]);
  });

  it("names only files that there are", () => {
    const named = [...TEXT.matchAll(/`((?:test|src|docs|circuits)\/[^`\s]*)`/g)].map(([, path]) => path);
    expect(named.filter((path) => path.startsWith("test/")).length).to.be.greaterThan(10);
    expect([...new Set(named)].filter((path) => !existsSync(join(ROOT, path)))).to.deep.equal([]);
  });

  it("quotes the names of tests as they are", () => {
    const texts = globSync(join(ROOT, "test/circuits/*.test.ts")).map((file) => readFileSync(file, "utf8"));
    const quoted = [...TEXT.matchAll(/"((?:has|is|a|an|division|the)\s[^"]{20,})"/g)].map(([, name]) => name);
    const parts = quoted.flatMap((name) => name.split(" … "));
    expect(parts.filter((part) => !texts.some((text) => text.includes(part)))).to.deep.equal([]);
  });
});
