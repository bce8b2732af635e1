import { expect } from "chai";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { benchmarksDocument } from "../../scripts/bench/cost/document.js";
import { gasOfBatch, gasOfSegments, readGas } from "../../scripts/bench/cost/gasTable.js";
import { GADGETS } from "../../scripts/bench/cost/gadgets.js";
import { batchName, BATCHES, segmentNames, SEGMENTS } from "../../scripts/bench/cost/many.js";
import { FAMILIES, MODELS } from "../../scripts/bench/cost/models.js";
import { logPlot } from "../../scripts/bench/cost/plot.js";
import { readResults, type Measured, type Results } from "../../scripts/bench/cost/results.js";
import { exponent, summary } from "../../scripts/bench/cost/statistics.js";
import { useOf } from "../../scripts/bench/cost/session.js";
import { TRUST_MODELS, trustName } from "../../scripts/bench/cost/trustSection.js";
import { STAGES, TRUST_STAGES, type Run } from "../../scripts/bench/cost/types.js";
import { brokenTables, documentOf } from "./markdown.js";

describe("docs/benchmarks.md", () => {
  it("and its plots are what `npm run bench document` makes of docs/benchmarks.json", async () => {
    const { text, plots } = await benchmarksDocument(readResults());
    expect(readFileSync("docs/benchmarks.md", "utf8")).to.equal(text);
    expect(globSync("docs/benchmarks/*").sort()).to.deep.equal(
      [...plots.keys()].map((path) => join("docs", path)).sort(),
    );
    for (const [path, svg] of plots) expect(readFileSync(join("docs", path), "utf8"), path).to.equal(svg);
  });

  /** Figures in which every stage of the families takes time in proportion to rows, but for proofs. */
  const measured = (rows: number): Measured => {
    const run = (cpu: number): Run => ({ cpu, seconds: cpu / 2, megabytes: 100 });
    const runs = STAGES.map((stage) => [stage, [run(stage === "snarkjs" ? rows ** 2 / 1e6 : rows / 1000)]]);
    return {
      weights: 7,
      rows,
      power: 12,
      terms: 3 * rows,
      runs: Object.fromEntries(runs) as Measured["runs"],
    };
  };
  const members = Object.keys(FAMILIES).flatMap((family) =>
    [1, 2, 4, 8].map((size) => [`${family}/${size}`, measured(1000 * size)] as const),
  );
  const results: Results = {
    models: Object.fromEntries([
      ...members,
      ...Object.keys(MODELS).map((name) => [name, measured(5000)] as const),
    ]),
    gadgets: {},
  };

  it("has every model and family with its exponents, and whole tables", async () => {
    const { text, plots } = await benchmarksDocument(results);
    expect(brokenTables(documentOf("docs/benchmarks.md", text))).to.deep.equal([]);
    for (const name of Object.keys(MODELS)) expect(text).to.contain(`| ${name} `);
    const exponents = text.split("\n").filter((line) => line.startsWith("| exponent in rows"));
    expect(exponents).to.have.length(Object.keys(FAMILIES).length);
    for (const line of exponents)
      expect(line.split("|").slice(5, -1).map(Number)).to.deep.equal([1, 1, 1, 1, 1, 1, 2]);
    expect([...plots.keys()]).to.deep.equal(Object.keys(FAMILIES).map((name) => `benchmarks/${name}.svg`));
    for (const svg of plots.values()) expect(svg).not.to.match(/NaN|undefined|Infinity/);
  });

  it("says what a service sells, and which bound of a larger one is the lowest", async () => {
    const sales = { provers: 2, jobs: 10, jobsPerMinute: 60, p50: 3, p99: 5, proof: 0.5, gas: 200_000 };
    const service = { sales: [sales], quotes: 70, ceiling: { accept: 150, prove: 100 } };
    const { text } = await benchmarksDocument({ models: {}, gadgets: {}, service });
    expect(brokenTables(documentOf("docs/benchmarks.md", text))).to.deep.equal([]);
    expect(text).to.match(/\| 2 +\| 10 +\| 60\.0 +\| 3\.00 s +\| 5\.00 s +\| 0\.50 s +\| 200,000 +\|/);
    const rates = [...text.matchAll(/^\| .+ \| ([\d.]+) +\|$/gm)].map(([, rate]) => Number(rate));
    // 16 transactions of 8 jobs in 9 of them, in 12 s; 100 provers of half a second.
    expect(rates).to.deep.equal([1.2, 15, 33.3, 70, 100, 150, 200]);
  });

  it("says which stage ran out of memory, and after what", async () => {
    const failed: Run = { cpu: 85, seconds: 90, megabytes: 3900, failed: "out of memory" };
    const { digits_mlp: one } = results.models;
    const models = { digits_mlp: { ...one, runs: { ...one.runs, circom: [failed] } } };
    const { text } = await benchmarksDocument({ models, gadgets: {} });
    expect(text).to.match(/\| out of memory after 85\.0 s, 3,900 MB +\| 5\.00 s, 100 MB +\| – /);
  });
});

describe("jobs and segments in docs/benchmarks.md", () => {
  /** A circuit whose witness, proof by snarkjs and proof by rapidsnark take 1, 3 and 0.5 times as much. */
  const part = (cpu: number, more: Partial<Measured> = {}): Measured => {
    const run = (factor: number): Run => ({
      cpu: factor * cpu,
      seconds: (factor * cpu) / 2,
      megabytes: 100 * cpu,
    });
    const runs = { witness: [run(1)], snarkjs: [run(3)], rapidsnark: [run(0.5)] };
    return { rows: 1000 * cpu, power: 10 + cpu, keyBytes: 1e6 * cpu, runs, ...more };
  };
  const gas = {
    fulfill: 250_000,
    "fulfillMany of 8, per job": 47_000,
    "fulfillMany of 32, per job": 24_000,
    "fulfillPipeline, 2 segments": 400_000,
    "fulfillPipeline, 4 segments": 600_000,
  };
  const cellsOf = async (models: Results["models"], prices: Record<string, number>) => {
    const { text } = await benchmarksDocument({ models, gadgets: {} }, prices);
    expect(brokenTables(documentOf("docs/benchmarks.md", text))).to.deep.equal([]);
    return text
      .split("\n")
      .filter((line) => line.startsWith("| digits_") || line.startsWith("| mnist_"))
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
  };

  it("have time per job, and of segments the sum and the greatest", async () => {
    const models = {
      [batchName("digits_mlp", 1)]: part(1),
      [batchName("digits_mlp", 8)]: part(4, { jobs: 8 }),
      [batchName("mnist_lenet5", 1)]: part(3),
      [batchName("mnist_lenet5", 8)]: part(14, { jobs: 7 }),
      ...Object.fromEntries(segmentNames("mnist_lenet5", 2).map((name, i) => [name, part(1 + i)])),
    };
    const shown = (await cellsOf(models, gas)).map((cells) => cells.join(" ").replaceAll(" MB", ""));
    expect(shown).to.deep.equal([
      "digits_mlp 1 1,000 2^11 1 4.00 2.00 100 1.50 0.75 100 250,000",
      "digits_mlp 8 4,000 2^14 4 2.00 1.00 400 0.75 0.38 400 47,000",
      "mnist_lenet5 1 3,000 2^13 3 12.0 6.00 300 4.50 2.25 300 250,000",
      "mnist_lenet5 7 14,000 2^24 14 8.00 4.00 1,400 3.00 1.50 1,400 –",
      "mnist_lenet5 1 3,000 2^13 3 12.0 6.00 300 4.50 2.25 300 250,000",
      "mnist_lenet5 2 3,000 2^11, 2^12 3 12.0 4.00 200 4.50 1.50 200 400,000",
    ]);
  });

  it("leave out a model of which a segment is not measured, and provers that were not there", async () => {
    const [first, second] = segmentNames("mnist_lenet5", 2);
    expect(await cellsOf({ [first]: part(1) }, gas)).to.deep.equal([]);
    const bare = ({ runs: { witness, snarkjs }, ...rest }: Measured) => ({
      ...rest,
      runs: { witness, snarkjs },
    });
    const [cells] = await cellsOf({ [first]: bare(part(1)), [second]: bare(part(1)) }, gas);
    expect(cells.slice(8, 11)).to.deep.equal(["–", "–", "–"]);
  });

  it("have the gas of as many jobs and segments as are measured", async () => {
    const { text } = await benchmarksDocument({ models: {}, gadgets: {} });
    expect(text.split("Not measured yet: `npm run bench many`")).to.have.length(3);
    const measured = readGas();
    for (const jobs of Object.values(BATCHES).flat()) expect(gasOfBatch(measured, jobs)).to.be.greaterThan(0);
    for (const count of Object.values(SEGMENTS).flat())
      expect(gasOfSegments(measured, count)).to.be.greaterThan(0);
  });
});

describe("ceremonies in docs/benchmarks.md", () => {
  const sectionOf = async (models: Results["models"]) => {
    const { text } = await benchmarksDocument({ models, gadgets: {} });
    expect(brokenTables(documentOf("docs/benchmarks.md", text))).to.deep.equal([]);
    return /^## A ceremony and its audit\n[^]*?(?=^## )/m.exec(text)?.[0];
  };
  const run = (cpu: number): Run => ({ cpu, seconds: cpu / 2, megabytes: 100 * cpu });

  it("are not there before they are measured", async () => {
    expect(await sectionOf({})).to.equal(undefined);
  });

  it("have each step with time and memory, and dashes for those that were left out", async () => {
    const steps = TRUST_STAGES.map((stage, i) => [stage, [run(i + 1)]] as const);
    const [small, large] = TRUST_MODELS;
    const facts = { rows: 1495, power: 11, keyBytes: 1_500_000 };
    const text = await sectionOf({
      [trustName(small)]: { ...facts, runs: Object.fromEntries(steps) },
      [trustName(large)]: { ...facts, runs: Object.fromEntries(steps.slice(0, 5)) },
    });
    const cells = text!
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .map((line) =>
        line
          .split("|")
          .slice(2, -1)
          .map((cell) => cell.trim()),
      );
    expect(cells[2]).to.deep.equal(["1,495", "2^11", "1.5 MB"]);
    // What is before the ceremony is not shown.
    const rows = cells.slice(-TRUST_STAGES.length + 1);
    rows.forEach((row, i) => {
      const own = [`${(i + 2).toFixed(2)} s, ${100 * (i + 2)} MB`, `${((i + 2) / 2).toFixed(2)} s`];
      expect(row).to.deep.equal([...own, ...(i < 4 ? own : ["–", "–"])]);
    });
  });
});

describe("figures of the bench", () => {
  it("are of gadgets that there are", () => {
    for (const { file, call } of GADGETS.map(({ ours }) => ours))
      expect(readFileSync(file.replace(/^torch2circom\//, ""), "utf8")).to.contain(
        `template ${call.split("(")[0]}(`,
      );
  });

  it("are medians of time and the largest memory", () => {
    const run = (cpu: number, megabytes: number): Run => ({ cpu, seconds: 10 * cpu, megabytes });
    expect(summary([run(3, 10), run(1, 30), run(2, 20)])).to.include({ cpu: 2, seconds: 20, megabytes: 30 });
    expect(summary([run(3, 10), run(1, 30)])).to.include({ cpu: 2 });
    expect(summary([])).to.equal(undefined);
  });

  it("have exponents of the larger half of the points", () => {
    const power = (x: number): [number, number] => [x, 3 * x ** 1.5];
    const xs = [1, 2, 4, 8, 16, 32];
    expect(exponent(xs.map(power))).to.be.approximately(1.5, 1e-12);
    expect(exponent(xs.map((x) => (x < 8 ? [x, 100] : power(x))))).to.be.approximately(1.5, 1e-12);
    expect(exponent(xs.slice(0, 2).map(power))).to.equal(undefined);
    expect(exponent([1, 2, 3].map((y) => [5, y] as [number, number]))).to.equal(undefined);
  });

  it("are drawn where they belong", () => {
    const svg = logPlot("t", "x", "y", [{ name: "a", points: [[10, 0.1], [100, 1], [1000, 10]] }]); // prettier-ignore
    expect(svg).to.contain('points="60,350 280,195 500,40"');
  });

  it("count all processes of a session", function () {
    if (process.platform !== "linux") this.skip();
    const stat = readFileSync("/proc/self/stat", "utf8");
    const session = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
    const before = useOf(session);
    expect(before.cpuSeconds).to.be.at.least(process.cpuUsage().user / 1e6 - 0.05);
    expect(before.megabytes).to.be.at.least(process.memoryUsage.rss() / 2 ** 20 / 2);
    expect(useOf(2 ** 30)).to.deep.equal({ cpuSeconds: 0, megabytes: 0, peakMegabytes: 0 });
  });
});
