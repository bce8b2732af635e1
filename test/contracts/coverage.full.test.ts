import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Branched, branchesToLines } from "./helpers/branches.js";
import { ProjectCopy } from "./helpers/projectCopy.js";

/** Puppets and odd tokens, which are not shipped. */
const OF_TESTS = /^contracts\/test\//;

/**
 * Gas, code and addresses are other ones when the coverage is measured, and the explorer's sources too. Bundles and examples
 * run no contract that other tests do not; and an EVM without precompiled contracts is not the one that is measured.
 */
const WITHOUT_COVERAGE =
  /gas|full|deploy|ignition|verify|bundle|examples|model|poseidon|abi|ownContracts|precompiles/;

/** What only an EVM without the curve takes, where test/contracts/precompiles.test.ts runs the registry's constructor. */
const ON_ANOTHER_EVM = [
  "contracts/ModelRegistry.sol !BN254.isSupported() is true",
  "contracts/libraries/BN254.sol !mulAdd(sum, point, 2) is true",
  "contracts/libraries/BN254.sol !_isAt(sum + 0x40, DOUBLE_X, DOUBLE_Y) is true",
  "contracts/libraries/BN254.sol !_isAt(sum, TRIPLE_X, TRIPLE_Y) is true",
  "contracts/libraries/BN254.sol pairingIsOne(input, 2) is false",
  "contracts/libraries/BN254.sol !pairingIsOne(input, 1) is false",
];

describe("Coverage of the contracts", () => {
  let project: ProjectCopy;
  before(() => (project = new ProjectCopy(600_000)));
  after(() => project.remove());

  it("is every line and every branch, adapters and examples included", function () {
    const files = globSync("contracts/**/*.sol", { cwd: project.path }).filter(
      (file) => !OF_TESTS.test(file),
    );
    const branched = new Map(files.map((file) => [file, instrument(file)]));
    const tests = globSync("test/{contracts,client}/*.test.ts", { cwd: project.path });
    const chosen = tests.filter((file) => !WITHOUT_COVERAGE.test(file));
    expect(project.hardhat(["test", "mocha", "--coverage", ...chosen], 3600)).to.equal(true);
    const runs = readRuns(join(project.path, "coverage/lcov.info"));
    const never = [...runs].filter(([place, count]) => count === 0 && !OF_TESTS.test(place));
    const branches = [...branched].flatMap(([file, { branches }]) =>
      [...branches].map(([line, what]) => [`${file}:${line}`, what] as const),
    );
    // A branch that the report does not know of is not covered either.
    const untaken = branches.filter(([place]) => !runs.get(place));
    expect(untaken.map(([, what]) => what.replace(/:\d+ /, " "))).to.deep.equal(ON_ANOTHER_EVM);
    // Each has a line of its own in the instrumented file, and one that it came from.
    const known = new Set(untaken.flatMap(([place, what]) => [place, what.split(" ")[0]]));
    expect(never.map(([place]) => place).filter((place) => !known.has(place))).to.deep.equal([]);
    expect(branches.length).to.be.above(200);
    console.log(`      ${branches.length} branches`);
  });

  function instrument(file: string): Branched {
    const path = join(project.path, file);
    const result = branchesToLines(file, readFileSync(path, "utf8"));
    writeFileSync(path, result.source);
    return result;
  }
});

/** How often each line was run, by `file:line`. */
function readRuns(path: string): Map<string, number> {
  const runs = new Map<string, number>();
  let file = "";
  for (const record of readFileSync(path, "utf8").split("\n")) {
    const [kind, value = ""] = record.split(":", 2);
    if (kind === "SF") file = value;
    const [line, count] = value.split(",");
    if (kind === "DA") runs.set(`${file}:${line}`, Number(count));
  }
  return runs;
}
