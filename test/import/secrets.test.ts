import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { modelPaths } from "../../src/artifacts/paths.js";
import { buildModel } from "../../src/pipeline/buildModel.js";
import { createProgress } from "../../src/progress/progress.js";
import { inspectFile } from "../../src/runtime/models/files.js";
import { float, programJson, type Node } from "./pt2/program.js";
import { writePt2 } from "./pt2/writePt2.js";

const STACK = `  File "/Users/alice/clients/acme/model.py", line 7, in forward
    return torch.relu(self.acme_scorer(x))`;
const SECRETS = /alice|clients|acme|model\.py|forward|torch\.relu/;

/** A model whose archive says where its code lies, as torch.export does: in stack traces and class names. */
function archive(): Buffer {
  const weights = { w: float([2, 3], 0.5, -1, 0.25, 1, 0.75, -0.5) };
  const nodes: Node[] = [
    ["linear.default", { input: "%x", weight: "%w" }, ["h"]],
    ["relu.default", { self: "%h" }],
  ];
  const json = programJson(nodes, { x: float([1, 3], 0, 0, 0) }, weights, { stackTrace: STACK });
  const text = JSON.stringify(json).replaceAll("block,Block", "block,clients.acme.model.Scorer");
  return writePt2(JSON.parse(text) as unknown, weights);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    return statSync(file).isDirectory() ? filesBelow(file) : [file];
  });
}

describe("what an archive says of its author's machine", function () {
  let root: string;
  before(() => (root = mkdtempSync(path.join(tmpdir(), "torch2circom-acme-"))));
  after(() => rmSync(root, { recursive: true }));

  it("is in the archive, and in none of a build's artifacts; nor is the folder of the model", async () => {
    const source = path.join(root, "model.pt2");
    const samples = path.join(root, "samples.json");
    writeFileSync(source, archive());
    expect(readFileSync(source, "latin1")).to.match(/Users\/alice\/clients\/acme/);
    const x = Array.from({ length: 16 }, (_, n) => [0, 1, 2].map((i) => Math.sin(5 * n + i)));
    writeFileSync(samples, JSON.stringify({ x }));
    const builds = path.join(root, "builds");
    mkdirSync(builds);
    const paths = modelPaths(builds, "scorer");
    const verifier = path.join(builds, "ScorerVerifier.sol");
    const options = { inputBits: 8, input: "committed", output: "public" } as const;
    await buildModel(
      { ...options, name: "scorer", source, samples, paths, verifier, cacheDir: "cache" },
      createProgress({ silent: true }),
    );
    const files = filesBelow(builds);
    expect(files.map((file) => path.relative(builds, file))).to.include.members([
      "ScorerVerifier.sol",
      ...["program.json", "main.circom", "manifest.json", "report.json"].map((name) =>
        path.join("scorer", name),
      ),
    ]);
    for (const file of files) expect(readFileSync(file, "latin1"), file).not.to.match(SECRETS);
    expect(JSON.stringify(await inspectFile(source))).not.to.match(SECRETS);
  });
});
