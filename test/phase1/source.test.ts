import { expect } from "chai";
import { resolve } from "node:path";
import { parsePtau, resolvePtau } from "../../src/phase1/source.js";

const HASH = "ab".repeat(32);

describe("Sources of powers of tau", () => {
  it("are what the command line says", () => {
    expect(parsePtau("hermez")).to.equal("hermez");
    expect(parsePtau("./hermez")).to.deep.equal({ path: resolve("hermez"), sha256: undefined });
    expect(parsePtau("a/final_17.ptau", HASH.toUpperCase())).to.deep.equal({
      path: resolve("a/final_17.ptau"),
      sha256: HASH,
    });
    expect(parsePtau("https://example.org/a.ptau", HASH)).to.deep.equal({
      url: "https://example.org/a.ptau",
      sha256: HASH,
    });
  });

  it("are refused where they cannot be checked, or say too much", () => {
    expect(() => parsePtau("https://example.org/a.ptau")).to.throw("need a sha256");
    expect(() => parsePtau("hermez", HASH)).to.throw("are known");
    expect(() => parsePtau("a.ptau", "12")).to.throw("64 hexadecimal digits");
    // Another scheme is the path of a file that is not there.
    expect(parsePtau("ftp://a", HASH)).to.have.property("path");
  });

  it("are relative to the project in its configuration", () => {
    expect(resolvePtau("/project", { path: "a.ptau" })).to.deep.equal({
      path: "/project/a.ptau",
      sha256: undefined,
    });
    expect(resolvePtau("/project", "hermez")).to.equal("hermez");
  });
});
