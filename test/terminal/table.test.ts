import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import stringWidth from "string-width";
import { table } from "../../tasks/terminal/table.js";

const STYLE = join(import.meta.dirname, "..", "..", "tasks", "terminal", "style.ts");

describe("tables of the terminal", () => {
  it("align numbers at the right, and texts at the left", () => {
    const rows = [
      ["fc1", "12,345", "gemm"],
      ["activation", "7", "relu"],
    ];
    expect(table(rows, { titles: ["layer", "rows", "part"], right: [1], indent: 2 })).to.deep.equal([
      "  layer         rows  part",
      "  fc1         12,345  gemm",
      "  activation       7  relu",
    ]);
  });

  it("fit 80 columns, and leave out nothing", () => {
    const words = "a rather long remark with words of which none is longer than a line and which goes on";
    const [path, wide] = ["folder/".repeat(30), "層".repeat(90)];
    for (const cell of [words, path, wide, "x".repeat(79), "y".repeat(80), ""]) {
      const lines = table([["name", "123", cell]], { titles: ["a", "b", "c"], indent: 2 });
      for (const line of lines) expect(stringWidth(line)).to.be.at.most(80);
      const shown = lines.slice(1).map((line) => line.slice("  name  123  ".length));
      expect(shown.join("").replaceAll(" ", "")).to.equal(cell.replaceAll(" ", ""));
    }
  });

  it("break a cell at its words", () => {
    const lines = table([["name", `${"word ".repeat(20)}end`]]);
    expect(lines).to.have.length(2);
    for (const line of lines) expect(line.trim()).to.match(/^(name {2})?(word )*(word|end)$/);
  });

  it("show nothing of no rows but their titles", () => {
    expect(table([])).to.deep.equal([]);
    expect(table([], { titles: ["name"] })).to.deep.equal(["name"]);
  });

  it("have colors where a terminal shows them, and not in a pipe or with NO_COLOR", () => {
    const show = (env: NodeJS.ProcessEnv) => {
      const own = Object.entries(process.env).filter(([name]) => !/^(NO|FORCE)_COLOR$/.test(name));
      const script = `import { styledState } from ${JSON.stringify(STYLE)}; process.stdout.write(["fulfilled", "failed", "proving"].map(styledState).join(" "));`;
      const { stdout, stderr } = spawnSync("npx", ["tsx", "--input-type=module", "--eval", script], {
        env: { ...Object.fromEntries(own), ...env },
        encoding: "utf8",
      });
      expect(stderr).to.equal("");
      return stdout;
    };
    expect(show({})).to.equal("fulfilled failed proving");
    expect(show({ NO_COLOR: "1" })).to.equal("fulfilled failed proving");
    // What Node takes for a terminal that shows colors.
    const color = (code: number) => `\u001b[${code}m`;
    expect(show({ FORCE_COLOR: "1" })).to.equal(
      `${color(32)}fulfilled${color(39)} ${color(31)}failed${color(39)} proving`,
    );
  });
});
