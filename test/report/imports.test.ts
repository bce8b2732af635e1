import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";

/** Files with a static import of what the pattern names. */
function importing(pattern: RegExp): string[] {
  return globSync("{src,tasks}/**/*.ts")
    .filter((file) =>
      [...readFileSync(file, "utf8").matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)";/gm)].some(
        ([, name]) => pattern.test(name),
      ),
    )
    .sort();
}

describe("the libraries of the report", () => {
  it("load when a page is drawn, and not before", () => {
    const drawing = importing(/^(@observablehq\/plot|linkedom|@dagrejs\/dagre)$/);
    expect(drawing.length).to.be.greaterThan(3);
    expect(drawing.filter((file) => !file.startsWith("src/report/"))).to.deep.equal([]);
    expect(importing(/\/report\/page\.js$/)).to.deep.equal(["src/runtime/models/report.ts"]);
    expect(importing(/^\.\/(models\/)?report\.js$|models\/report\.js$/)).to.deep.equal([
      // The report of the pipeline is another file.
      ...globSync("src/pipeline/*.ts")
        .filter((file) => /from "\.\/report\.js"/.test(readFileSync(file, "utf8")))
        .sort(),
    ]);
  });

  it("are used of files of a build alone", () => {
    const others = globSync("src/report/**/*.ts").flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/from "(\.\.?\/[^"]+)";/g)].flatMap(([, name]) =>
        /^\.\.\/(\.\.\/)?[a-z]+\/\w+\.js$/.test(name) && !/(report|artifacts|drawing|figures)\//.test(name)
          ? `${file}: ${name}`
          : [],
      ),
    );
    expect(others).to.deep.equal([]);
  });
});
