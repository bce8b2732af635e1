import { expect } from "chai";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileGadget } from "../../src/link/gadget.js";
import { readTemplates } from "../../src/link/gadgetLibrary.js";
import { packageRoot } from "../../src/packageRoot.js";

describe("the cache of gadgets", () => {
  const folders: string[] = [];
  const folderIn = (parent: string): string => {
    mkdirSync(parent, { recursive: true });
    folders.push(mkdtempSync(join(parent, "torch2circom-gadget-")));
    return folders.at(-1)!;
  };
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  it("serves builds in any folder, one of this package's own included", async () => {
    const cacheDir = folderIn(tmpdir());
    const template = readTemplates(join(packageRoot(), "circuits")).get("Product")!;
    const compile = (text: string, workDir: string) =>
      compileGadget(text, template, {
        libraries: { torch2circom: packageRoot() },
        library: "torch2circom",
        ...{ cacheDir, workDir },
      });
    const inside = folderIn(join(packageRoot(), "cache"));
    const first = await compile("Product()", inside);
    for (const workDir of [inside, folderIn(join(packageRoot(), "cache")), folderIn(tmpdir())]) {
      expect((await compile("Product()", workDir)).r1cs).to.deep.equal(first.r1cs);
      expect(readdirSync(workDir)).to.deep.equal([]);
    }
    expect(readdirSync(join(cacheDir, "gadgets"))).to.have.length(1);
  });
});
