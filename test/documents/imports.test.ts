import { expect } from "chai";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** The files of this package that a file imports, types and lazy imports included. */
function importsOf(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(file, "utf8"))
    .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName }) => join(dirname(file), fileName).replace(/\.js$/, ".ts"))
    .filter((path) => existsSync(path));
}

/** Files that can be reached from themselves, each circle as its files in order. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push(path.slice(at));
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

describe("imports", () => {
  it("run in no circle, types included", () => {
    const files = ["src", "tasks"].flatMap((room) => globSync(`${room}/**/*.ts`));
    expect(files.length).to.be.greaterThan(200);
    const graph = new Map(files.map((file) => [file, importsOf(file)]));
    expect([...graph.values()].flat().length).to.be.greaterThan(1000);
    expect(circles(graph)).to.deep.equal([]);
  });

  it("know Hardhat in the rooms that serve it only, so that the client runs without it", () => {
    const serving = /^src\/(index|type-extensions)\.ts$|^src\/(config|hook-handlers|runtime)\//;
    const knowing = globSync("src/**/*.ts").filter((file) =>
      ts
        .preProcessFile(readFileSync(file, "utf8"))
        .importedFiles.some(({ fileName }) => /^(hardhat|@nomicfoundation)\//.test(fileName)),
    );
    expect(knowing.length).to.be.greaterThan(3);
    expect(knowing.filter((file) => !serving.test(file))).to.deep.equal([]);
  });

  it("would be found in a circle", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c", "d"]],
      ["c", []],
      ["d", ["b"]],
    ]);
    expect(circles(graph)).to.deep.equal([["b", "d"]]);
  });
});
