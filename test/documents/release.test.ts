import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { releaseProblems } from "../../scripts/release/problems.js";

const ROOT = join(import.meta.dirname, "..", "..");
const changelog = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8");

describe("a release", () => {
  const ready = {
    version: "1.2.3",
    changelog: "# Changelog\n\n## [1.2.3] - 2026-01-31\n",
    tags: ["v1.2.3", ""],
    status: "",
  };

  it("is made from a tagged, clean commit that the changelog describes", () => {
    expect(releaseProblems(ready)).to.deep.equal([]);
    expect(releaseProblems({ ...ready, tags: [""] }).join()).to.contain("no tag v1.2.3");
    expect(releaseProblems({ ...ready, status: " M README.md" }).join()).to.contain("has changes");
    expect(releaseProblems({ ...ready, changelog }).join()).to.contain('no section "## [1.2.3]');
  });

  it("has a changelog that keeps what comes next and links every version", () => {
    const versions = [...changelog.matchAll(/^## \[(.+?)\]/gm)].map(([, version]) => version);
    expect(versions[0]).to.equal("Unreleased");
    for (const version of versions) expect(changelog, version).to.contain(`\n[${version}]: https://`);
  });

  it("packs the files that the package names", () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { files: string[] };
    const missing = files.filter((file) => !file.startsWith("!") && file !== "dist");
    expect(missing.filter((file) => !existsSync(join(ROOT, file)))).to.deep.equal([]);
  });
});
