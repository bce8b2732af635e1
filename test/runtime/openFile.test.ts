import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { openFile } from "../../src/runtime/openFile.js";
import { temporaryFolder } from "../plugin/project.js";

describe("opening a file", function () {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  it("starts the system's program with the file's name, whatever it is made of", async function () {
    if (process.platform === "win32") this.skip();
    const folder = temporaryFolder();
    for (const name of ["open", "xdg-open"]) {
      writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s|' "$@" > "${join(folder, "opened")}"\n`);
      chmodSync(join(folder, name), 0o755);
    }
    process.env.PATH = [folder, path].join(delimiter);
    expect(await openFile("/tmp/$(id) & report.html")).to.equal(true);
    expect(readFileSync(join(folder, "opened"), "utf8")).to.equal("/tmp/$(id) & report.html|");
  });

  it("says that there is none", async () => {
    const empty = join(temporaryFolder(), "empty");
    mkdirSync(empty);
    process.env.PATH = empty;
    expect(await openFile("/tmp/report.html")).to.equal(false);
  });
});
