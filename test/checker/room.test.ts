import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const ROOM = join(import.meta.dirname, "..", "..", "src", "checker");

describe("the checker's room", () => {
  const files = readdirSync(ROOM, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );

  it("shares nothing with those that chose the widths, types included", () => {
    expect(files.length).to.be.greaterThan(15);
    for (const file of files) {
      const text = readFileSync(join(ROOM, file), "utf8");
      const imports = [...text.matchAll(/\b(?:from\s+|import\s*\(?\s*|require\s*\(\s*)["'`]([^"'`]+)/g)];
      for (const [, source] of imports) {
        const own = source.startsWith(".")
          ? !relative(ROOM, resolve(ROOM, dirname(file), source)).startsWith("..")
          : source === "zod" || source.startsWith("node:");
        expect(own, `${file} imports ${source}`).to.equal(true);
      }
    }
  });
});
