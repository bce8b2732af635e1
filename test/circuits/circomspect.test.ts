import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, sep } from "node:path";
import { defaultLibraries } from "../../src/circom/compileSources.js";

const CACHE = join(import.meta.dirname, "..", "..", "cache");

/** What circomspect may say of the gadget library, by rule and place, and what we answer. */
const ANSWERED: Readonly<Record<string, RegExp>> = {
  // A hint (`<--`). Each is named beside a constraint that holds it, see below, and is forged in its gadget's test.
  CS0005: /./,
  // "A value has no effect". These sums are terms of constraints; the pass does not follow variables into `===`.
  CS0008: /`(low|lowest|rest|R|S|U)`/,
  // "Too many parameters": a layer's widths and tables are compile-time constants, and stand for its whole shape.
  CS0012: /./,
  // "Only one constraint": `square` binds a public signal that nothing else reads; `x` is a witness that h divides.
  CS0017: /`(square|x)`/,
  // "Not constrained by the template": `Zero` gives a constant.
  CA01: /`out` .* wiring\.circom/,
};

interface Finding {
  readonly ruleId: string;
  readonly message: { readonly text: string };
  readonly locations: readonly Location[];
  readonly relatedLocations?: readonly Location[];
}

interface Location {
  readonly message: { readonly text: string };
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region: { readonly startLine: number };
  };
}

const CIRCUITS = join(defaultLibraries().torch2circom, "circuits");
const library = () => globSync(join(CIRCUITS, "**/*.circom")).sort();

/** What a file of the library is called beside all others. */
const flat = (file: string) => relative(CIRCUITS, file).replaceAll(sep, "_");

/** circomspect reads includes from beside a file only, and inside the working directory. */
function findings(): Finding[] {
  const libraries = defaultLibraries();
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "circomspect-"));
  try {
    const constants = "circomlib/circuits/poseidon_constants.circom";
    mkdirSync(join(folder, dirname(constants)), { recursive: true });
    copyFileSync(join(libraries.circomlib, "circuits/poseidon_constants.circom"), join(folder, constants));
    for (const file of library())
      writeFileSync(
        join(folder, flat(file)),
        readFileSync(file, "utf8").replaceAll('include "../', 'include "'),
      );
    const tool = createRequire(import.meta.url).resolve("circomspect/cli.js");
    const args = [tool, "--sarif-file", "found.json", ...library().map(flat)];
    // It exits with 1 where it found anything.
    try {
      execFileSync(process.execPath, args, { cwd: folder, stdio: "pipe" });
    } catch (error) {
      expect((error as { status: number }).status).to.equal(1);
    }
    const { runs } = JSON.parse(readFileSync(join(folder, "found.json"), "utf8")) as {
      runs: { results: Finding[] }[];
    };
    return runs.flatMap(({ results }) => results);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const place = ({ locations: [{ physicalLocation }] }: Finding) =>
  `${basename(physicalLocation.artifactLocation.uri)}:${physicalLocation.region.startLine}`;

describe("circomspect on the gadget library", function () {
  let found: Finding[];

  before(() => {
    found = findings();
  });

  it("finds nothing that is not answered", () => {
    const open = found.filter(
      (one) =>
        ANSWERED[one.ruleId]?.test(`${one.message.text} ${one.locations[0].message.text} ${place(one)}`) !==
        true,
    );
    expect(open.map((one) => `${one.ruleId} ${place(one)} ${one.message.text}`)).to.deep.equal([]);
  });

  it("names a constraint for every hint, and sees every hint", () => {
    const hints = found.filter(({ ruleId }) => ruleId === "CS0005");
    const free = hints.filter(({ relatedLocations = [] }) => relatedLocations.length === 0);
    // The constraint of the first, `hot[j][i] * (chosen[j] - key[i]) === 0`, stands in a loop of its own, over another
    // `i`; that of the second names the sum `slots` of all outputs.
    expect(free.map(({ locations }) => locations[0].message.text)).to.have.members([
      "The assigned signal `hot[j][i]` is not constrained here.",
      "The assigned signal `out[c]` is not constrained here.",
    ]);
    const written = library().flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, i) => (/^[^/*]*<--/.test(line) ? [`${flat(file)}:${i + 1}`] : [])),
    );
    expect([...new Set(hints.map(place))].sort()).to.deep.equal(written.sort());
  });
});
