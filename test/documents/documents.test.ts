import { expect } from "chai";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { tasks } from "../../tasks/index.js";
import { ROOT, typeErrors } from "./examples.js";
import { anchors, brokenTables, documentOf, documents, inlineCode, relativeLinks } from "./markdown.js";

const all = documents();
const generated = ["docs/operators.md"];

/** What each document has that it should not. */
function each(find: (document: (typeof all)[number]) => Iterable<string>): string[] {
  return all.flatMap((document) => [...find(document)].map((found) => `${document.path}: ${found}`));
}

/** Lines that a user types: of shell blocks, and inline. */
const commandsOf = (document: (typeof all)[number]): string[] => [
  ...document.blocks.filter(({ language }) => language === "sh").flatMap(({ code }) => code.split("\n")),
  ...inlineCode(document),
];

const scripts = Object.keys(
  (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object }).scripts,
);
const benches = globSync("scripts/bench/*.ts", { cwd: ROOT }).map((path) =>
  path.slice("scripts/bench/".length, -3),
);

describe("documents", function () {
  it("have tables whose rows are as wide as their headings", () => {
    expect(each(brokenTables)).to.deep.equal([]);
    const damaged = documentOf("x", "| a | b |\n| - | - |\n| 1 | 2 |\n| 1 | 2 | 3 |\n");
    expect(brokenTables(damaged)).to.deep.equal(["| 1 | 2 | 3 |"]);
  });

  it("link to files and headings that there are", () => {
    const dead = each((document) =>
      relativeLinks(document).filter((target) => {
        const [path, anchor] = target.split("#") as [string, string | undefined];
        const file = path === "" ? document.path : join(dirname(document.path), path);
        const other = all.find((one) => one.path === file);
        return (
          !existsSync(join(ROOT, file)) || (anchor !== undefined && !(other && anchors(other).has(anchor)))
        );
      }),
    );
    expect(dead).to.deep.equal([]);
  });

  it("ship, or are linked on the web, from what ships", () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { files: string[] };
    const ships = (path: string) => files.some((file) => path === file || path.startsWith(`${file}/`));
    const missing = each((document) =>
      ships(document.path)
        ? relativeLinks(document)
            .map((target) => join(dirname(document.path), target.split("#")[0]))
            .filter((path) => path !== dirname(document.path) && !ships(path))
        : [],
    );
    expect(missing).to.deep.equal([]);
  });

  it("name files that there are", () => {
    const rooms = /^(?:test|src|docs|circuits|contracts|scripts|ignition|gas|examples|tasks)\/[\w./-]+$/;
    const made = /^contracts\/generated/;
    const known = globSync("{test,scripts,src,contracts}/**", { cwd: ROOT });
    const missing = each((document) =>
      inlineCode(document).filter((code) => {
        if (rooms.test(code) && !made.test(code))
          return !existsSync(join(ROOT, code)) && !known.some((path) => path.includes(code));
        return /^[\w./]+\.test\.ts$/.test(code) && !known.some((path) => path.endsWith(`/${code}`));
      }),
    );
    expect(missing).to.deep.equal([]);
  });

  it("name contracts, errors, templates and types that there are", () => {
    const sources = globSync(["{src,tasks,contracts,circuits,test,scripts}/**/*.{ts,sol,circom}"], {
      cwd: ROOT,
    });
    const found = new Set(
      sources.flatMap((path) => readFileSync(join(ROOT, path), "utf8").match(/\w+/g) ?? []),
    );
    const words = new Set([...found].flatMap((word) => [word, ...word.split("_")]));
    const missing = each((document) =>
      generated.includes(document.path)
        ? []
        : inlineCode(document)
            .filter((code) => /^_?[A-Za-z]*[a-z][A-Z]\w+(\.\w+)?$/.test(code))
            .filter((code) => code.split(".").some((part) => !words.has(part))),
    );
    expect(missing).to.deep.equal([]);
  });

  it("give commands that there are, with options that they have", () => {
    const known = new Map(
      tasks.map((task) => [task.id.join(" "), Object.keys("options" in task ? task.options : {})]),
    );
    const hardhat = ["build", "node", "test", "run", "verify", "keystore", "ignition", "help", "clean"];
    const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const wrong = each((document) =>
      commandsOf(document).flatMap((line) => {
        const [, task, rest] = /npx hardhat (torch2circom[: ]\w+(?::\w+)*|\w+)(.*)/.exec(line) ?? [];
        if (task === undefined) return [];
        if (!task.startsWith("torch2circom")) return hardhat.includes(task) ? [] : [line];
        const options = known.get(task);
        if (options === undefined) return [line];
        const names = new Set(options.map(kebab).concat("network", "help"));
        const given = [...rest.replace(/#.*/, "").matchAll(/--([\w-]+)/g)].map(([, name]) => name);
        return given.filter((name) => !names.has(name)).map((name) => `${task} has no option --${name}`);
      }),
    );
    expect(wrong).to.deep.equal([]);
    const allOptions = new Set([...known.values()].flatMap((options) => options.map(kebab)));
    const named = each((document) =>
      inlineCode(document)
        .flatMap((code) => /^--([a-z-]+)(?: |$)/.exec(code)?.[1] ?? [])
        .filter((name) => !allOptions.has(name) && !["help", "network", "every"].includes(name)),
    );
    expect(named).to.deep.equal([]);
  });

  it("name tasks and scripts of this package that there are", () => {
    const ids = new Set(tasks.map(({ id }) => id.join(" ")));
    const wrong = each(({ text }) => [
      ...[...text.matchAll(/`torch2circom:(\w+(?::\w+)?)/g)]
        .map(([, name]) => name)
        .filter((name) => !ids.has(`torch2circom:${name}`)),
      ...[...text.matchAll(/npm run ([\w:]+)(?: (\w+)`)?/g)].flatMap(([, script, bench]) => {
        if (!scripts.includes(script)) return [`npm run ${script}`];
        return script === "bench" && bench !== undefined && !benches.includes(bench)
          ? [`npm run bench ${bench}`]
          : [];
      }),
    ]);
    expect(wrong).to.deep.equal([]);
  });

  it("have code of TypeScript with the right types, and JSON that parses", () => {
    const snippets = all.flatMap(({ path, blocks }) =>
      blocks
        .filter(({ language }) => language === "ts")
        .map(({ code }, i) => [`${path}, block ${i}`, code] as const),
    );
    // Those of CONTRIBUTING stand for files of the repository: they parse.
    const isPart = ([path]: readonly [string, string]) => path.startsWith("CONTRIBUTING");
    const whole = snippets.filter((snippet) => !isPart(snippet));
    expect(whole.length).to.be.greaterThan(4);
    for (const [path, code] of snippets.filter(isPart))
      expect(ts.transpileModule(code, { reportDiagnostics: true }).diagnostics, path).to.deep.equal([]);
    expect(typeErrors(new Map(whole))).to.deep.equal([]);
    for (const { blocks } of all)
      for (const { code } of blocks.filter(({ language }) => language === "json")) JSON.parse(code);
  });

  it("quote figures as the commands that they name printed them", () => {
    const measured = ["docs/accuracy.md", "docs/benchmarks.md", "docs/circuits.md"].map((path) =>
      readFileSync(join(ROOT, path), "utf8"),
    );
    const gas = Object.values(JSON.parse(readFileSync(join(ROOT, "gas/contracts.json"), "utf8")) as object);
    const sources = [...measured, gas.map((amount) => Number(amount).toLocaleString("en")).join(" ")].join(
      "\n",
    );
    const table = readFileSync(join(ROOT, "README.md"), "utf8")
      .split("\n")
      .filter((line) => /`npm run bench/.test(line));
    expect(table.length).to.be.greaterThan(5);
    const figures = table.flatMap((line) => line.match(/\d+(?:[.,]\d+)+/g) ?? []);
    expect(figures.filter((figure) => !sources.includes(figure))).to.deep.equal([]);
  });

  it("have no wall of text", () => {
    const walls = each(({ path, prose }) =>
      path === "docs/soundness.md"
        ? []
        : prose
            .split("\n")
            .filter((line) => line.length > 600 && !line.startsWith("|"))
            .map((line) => line.slice(0, 60)),
    );
    expect(walls).to.deep.equal([]);
  });
});
