import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { writeModel } from "../import/onnx/writer.js";
import { itLong } from "../helpers/long.js";
import { CliProject, type CliResult } from "./cli.js";
import { FIXTURES, temporaryFolder } from "./project.js";

const iris = join(FIXTURES, "iris_mlp");
const model = join(iris, "model.pt2");

/** One clear error: exit code 1, no stack trace, what and what to do, and nothing on stdout. */
function expectError({ code, stdout, stderr }: CliResult, ...parts: (string | RegExp)[]): void {
  expect(code, stderr).to.equal(1);
  expect(stdout).to.equal("");
  expect(stderr).not.to.match(/^\s+at .*:\d+:\d+/m);
  for (const part of parts) {
    if (typeof part === "string") expect(stderr).to.contain(part);
    else expect(stderr).to.match(part);
  }
}

describe("the command line", function () {
  const project = new CliProject();

  it("lists every task once, with help that shows defaults and what is required", async () => {
    const { stdout } = await project.run("--help");
    const tasks =
      "inspect estimate evaluate calibrate build ptau attack prove verify deploy register request fulfill refund resume withdraw status list jobs audit bundle ceremony:init ceremony:contribute ceremony:beacon ceremony:verify ceremony:finalize ceremony:transcript ceremony:serve ceremony:invite serve work buy service:status";
    for (const task of tasks.split(" "))
      expect(stdout.split(`torch2circom:${task} `).length, task).to.equal(2);
    expect(stdout).not.to.match(/^\s*torch2circom \w/m);
    const { code, stdout: help } = await project.run("torch2circom:request", "--help");
    expect(code).to.equal(0);
    expect(help)
      .to.match(/--samples.*required unless configured/)
      .and.to.match(/--amount\s+Required/)
      .and.to.match(/--seconds .*\(default: 3600\)/);
  });

  it("lists builds and jobs", async () => {
    expect((await project.run("torch2circom:list")).stdout).to.contain("No builds");
    const { stdout, stderr } = await project.run("torch2circom:jobs");
    expect(stdout, stderr).to.match(/^No jobs\nThe chain was not asked: No registry/);
  });

  it("lists what it can, and names a file that is damaged", async () => {
    const folder = join(project.root, "torch2circom", "spoilt");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "manifest.json"), "{");
    const { code, stdout, stderr } = await project.run("torch2circom:list");
    rmSync(folder, { recursive: true });
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(
      /^Left out: The manifest .*spoilt.manifest\.json is damaged.* Build the model again\.$/m,
    );
  });

  it("takes sizes of open axes by their names", async () => {
    const file = join(project.root, "open.onnx");
    writeFileSync(file, writeModel({ nodes: [["Relu", ["x"], ["y"]]], inputs: { x: ["n", "t", "h"] } }));
    const { stdout, stderr } = await project.run("torch2circom:inspect", file, "--size", "t=3,h=2");
    expect(stdout, stderr).to.contain("input  x [1, 3, 2] float");
    expectError(await project.run("torch2circom:inspect", file, "--size", "t=x"), "--size t=16,h=8");
    expectError(await project.run("torch2circom:inspect", file), "--size t=16");
  });

  it("inspects a model with samples, as a build has it, and without, by a guess", async () => {
    const { stdout: guessed } = await project.run("torch2circom:inspect", model);
    expect(guessed)
      .to.match(/note: ranges are a guess/)
      .and.to.match(/^About [\d,]+ non-linear and [\d,]+ linear constraints/m);
    const { stdout, stderr } = await project.run("torch2circom:inspect", model, "--samples", iris);
    expect(stdout, stderr).to.match(/^outputs off by 0\.\d+ % of their range at most$/m);
    expect(stdout).to.match(
      /^531 non-linear and 21 linear constraints at 8 bits of inputs, 8 of weights and 8 of activations:$/m,
    );
    // The rows explain all of them.
    const rows = [...stdout.matchAll(/^ +([\d,]+) +([\d,]+) {2}(.+) \(\w+\)$/gm)];
    expect(rows.map(([, , , what]) => what)).to.include.members([
      "binding to job and payee",
      "range and packing of input x",
      "commitment to the inputs",
    ]);
    const sum = (column: number) =>
      rows.reduce((total, row) => total + Number(row[column].replace(",", "")), 0);
    expect([sum(1), sum(2)]).to.deep.equal([531, 21]);
    expect(stdout).to.match(/^\d+ numbers on which no output depends are left out, with 17 constraints$/m);
    const { stdout: help } = await project.run("torch2circom:inspect", "--help");
    expect(help).to.contain("--samples").and.to.contain("made-up inputs");
  });

  it("prints one JSON value on stdout with --json, and nothing else", async () => {
    await project.buildOnce();
    const printed: unknown[] = [];
    for (const args of [
      ["torch2circom:inspect", model, "--json"],
      ["torch2circom:evaluate", model, "--samples", iris, "--json"],
      ["torch2circom:list", "--json"],
      ["torch2circom:calibrate", model, "--samples", iris, "--max-accuracy-drop", "1", "--json"],
      ["torch2circom:estimate", model, "--samples", iris, "--json"],
    ]) {
      const { code, stdout, stderr } = await project.run(...args);
      expect(code, stderr).to.equal(0);
      expect(stderr, args.join(" ")).to.equal("");
      expect(() => printed.push(JSON.parse(stdout)), args.join(" ")).not.to.throw();
    }
    expect(printed[0]).to.include.keys("format", "inputs", "outputs", "parameters", "layers", "unsupported");
    const manifest = JSON.parse(
      readFileSync(join(project.root, "torch2circom", "iris", "manifest.json"), "utf8"),
    ) as object;
    expect(manifest).to.include.keys("name", "files", "hashes", "constraints", "accuracy", "setup");
  });

  itLong(
    "attacks a build, with the weights of another one too, and says that nothing was accepted",
    async () => {
      const attack = (...args: string[]) =>
        project.run("torch2circom:attack", "iris", "--samples", iris, "--seconds", "1", ...args);
      const { code, stdout, stderr } = await attack("--other", model, "--json");
      expect(code, stderr).to.equal(0);
      const { found, families } = JSON.parse(stdout) as { found: number; families: { id: string }[] };
      expect(found).to.equal(0);
      const directed = ["kernel", "hash", "products", "follow"];
      const expected = [...Array.from({ length: 12 }, (_, i) => `E${i + 1}`), ...directed, "search"];
      expect(families.map(({ id }) => id)).to.deep.equal(expected);
      expectError(await attack("--other", join(FIXTURES, "digits_mlp", "model.pt2")), "[1, 64]");
    },
  );

  it("refuses a proof whose signals were changed", async () => {
    expect(await project.run("torch2circom:prove", "iris", "--samples", iris)).to.include({ code: 0 });
    const path = join(project.root, "torch2circom", "iris", "proof.json");
    const { proof, publicSignals } = JSON.parse(readFileSync(path, "utf8")) as {
      proof: object;
      publicSignals: string[];
    };
    const forged = join(project.root, "forged.json");
    writeFileSync(forged, JSON.stringify({ proof, publicSignals: ["1", ...publicSignals.slice(1)] }));
    const { code, stdout } = await project.run("torch2circom:verify", "iris", "--proof", forged);
    expect(code).to.equal(1);
    expect(stdout).to.contain("NOT valid");
  });

  describe("on bad input", () => {
    const folder = temporaryFolder();
    const file = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const build = (path: string, samples = iris) =>
      project.run("torch2circom:build", path, "--samples", samples, "--name", "broken");
    const samplesOf = (rows: unknown) =>
      file(`${JSON.stringify(rows).length}.json`, JSON.stringify({ input: rows }));

    const cases: Readonly<Record<string, [run: () => Promise<CliResult>, ...parts: (string | RegExp)[]]>> = {
      "a file that is not a model": [
        () => build(file("notes.pt2", "just some text")),
        "notes.pt2",
        "torch.export.save",
      ],
      "a damaged archive": [
        () => build(file("damaged.pt2", readFileSync(model).subarray(0, 5000))),
        "damaged.pt2",
        /torch\.export|again/,
      ],
      "a TorchScript archive": [
        () => build(join(iris, "model.torchscript.pt")),
        "TorchScript",
        "torch.export.export",
      ],
      "a state_dict": [() => build(join(iris, "state_dict.pth")), "state_dict", "torch.export.export"],
      "a missing model": [() => build(join(folder, "nowhere.pt2")), "There is no file"],
      "missing samples": [() => build(model, join(folder, "nowhere.npz")), "nowhere.npz"],
      "no samples": [() => project.run("torch2circom:build", model), "No samples are given"],
      "samples of another shape": [() => build(model, samplesOf([[1, 2, 3]])), "[1, 4]"],
      "samples that are not finite": [
        () => build(model, file("nan.json", '{"input":[[1,2,null,4]]}')),
        "nan.json",
      ],
      "an unknown option value": [
        () => project.run("torch2circom:build", model, "--samples", iris, "--output", "secret"),
        "--output secret is not known",
      ],
      "a folder that cannot be made": [
        async () => {
          writeFileSync(join(project.root, "torch2circom", "taken"), "a file");
          return project.run("torch2circom:build", model, "--samples", iris, "--name", "taken");
        },
        "taken cannot be written",
        "permissions",
      ],
      "bits that no model can have": [
        () => project.run("torch2circom:evaluate", model, "--samples", iris, "--weight-bits", "40"),
        "weightBits is 40",
        "2 to 16",
      ],
      "an input outside the domain": [
        () => project.run("torch2circom:prove", "iris", "--samples", samplesOf([[1e6, 0, 0, 0]])),
        "outside the model's domain",
      ],
      "a sample that is not there": [
        () => project.run("torch2circom:prove", "iris", "--samples", iris, "--index", "999"),
        "none with index 999",
      ],
      "a model that was not built": [
        () => project.run("torch2circom:prove", "nobody", "--samples", iris),
        "Build the model first",
      ],
      "an unknown job": [
        () => project.run("torch2circom:fulfill", `0x${"0".repeat(64)}`),
        "is not known here",
      ],
      "a chain without contracts": [
        () => project.run("torch2circom:register", "iris"),
        "torch2circom:deploy",
      ],
      "a network that does not answer": [
        () => project.run("torch2circom:deploy", "--network", "dead"),
        'The network "dead" does not answer',
        "Check its url",
      ],
      "a network whose key is not set": [
        () => project.run("torch2circom:deploy", "--network", "keyless"),
        "The configuration variable A_KEY_THAT_IS_NOT_SET has no value",
        "keystore set A_KEY_THAT_IS_NOT_SET",
      ],
      "a network that is not in the configuration": [
        () => project.run("torch2circom:deploy", "--network", "nowhere"),
        'There is no network "nowhere"',
        "--network",
      ],
      "a chain that ends with the command": [() => project.run("torch2circom:deploy"), "--network localhost"],
    };
    // Of the others, tests of import, samples and options show the errors themselves.
    const short = [
      "a file that is not a model",
      "no samples",
      "an unknown option value",
      "an input outside the domain",
      "an unknown job",
      "a network that does not answer",
      "a network that is not in the configuration",
    ];
    for (const [what, [run, ...parts]] of Object.entries(cases)) {
      (short.includes(what) ? it : itLong)(`${what}: one clear error`, async () => {
        expectError(await run(), ...parts);
        const left = join(project.root, "torch2circom", "broken");
        expect(existsSync(left) ? readdirSync(left) : [], "half-written files").to.deep.equal([]);
        expect(existsSync(join(project.root, "contracts", "generated", "BrokenVerifier.sol"))).to.equal(
          false,
        );
      });
    }

    it("a model with unsupported operators: all of them at once, with their modules", async () => {
      const nodes: [string, string[], string[]][] = [
        ["NonZero", ["x"], ["a"]],
        ["Bernoulli", ["x"], ["y"]],
      ];
      const path = file(
        "unsupported.onnx",
        writeModel({ nodes, names: ["/encoder/NonZero", "/head/Bernoulli"] }),
      );
      expectError(await build(path), /NonZero.*encoder/, /Bernoulli.*head/);
    });
  });

  it("works against a node on localhost, command by command", async () => {
    const hre = await createHardhatRuntimeEnvironment({ plugins: [] });
    const server = await hre.network.createServer("default", "127.0.0.1", 0);
    const { address, port } = await server.listen();
    try {
      const remote = new CliProject({ url: `http://${address}:${port}` });
      const run = async (...args: string[]): Promise<Record<string, unknown>> => {
        const { code, stdout, stderr } = await remote.run(...args, "--network", "devnet", "--json");
        expect(code, stderr).to.equal(0);
        expect(stderr, args.join(" ")).to.equal("");
        return JSON.parse(stdout) as Record<string, unknown>;
      };
      await remote.buildOnce();
      await run("torch2circom:build", model, "--samples", iris, "--name", "iris");
      await run("torch2circom:deploy");
      await run("torch2circom:register", "iris", "--account", "2");
      const { jobId } = await run(
        "torch2circom:request",
        "iris",
        "--samples",
        iris,
        "--amount",
        "0.5",
        "--account",
        "1",
      );
      // Neither is waited for by time: the watch ends when it has seen the answer.
      const watching = remote.run("torch2circom:status", String(jobId), "--watch", "--network", "devnet");
      const fulfilled = await run("torch2circom:fulfill", String(jobId), "--account", "2");
      const watched = await watching;
      expect(watched.stdout, watched.stderr).to.match(/^Job 0x[0-9a-f]{64}: fulfilled\nPaid to 0x.*\n\w+: /);
      for (const list of ["list", "jobs"]) {
        const { stdout, stderr } = await remote.run(`torch2circom:${list}`, "--network", "devnet");
        // Commands and paths stay whole, to be copied.
        const rows = stdout.split("\n").filter((line) => /^ {2}(?!.*(npx |\.json$))/.test(line));
        expect(rows.length, stdout + stderr).to.be.at.least(2);
        for (const row of rows) expect(row.length, row).to.be.at.most(80);
      }
      expect(await run("torch2circom:status", String(jobId))).to.deep.include({
        status: "fulfilled",
        outputs: fulfilled.outputs,
      });
      expect(await run("torch2circom:withdraw", "--account", "2")).to.include({
        amount: "500000000000000000",
      });
      await run("torch2circom:prove", "iris", "--samples", iris);
      expect(await run("torch2circom:verify", "iris")).to.include({ valid: true, validOnChain: true });
      const late = await remote.run("torch2circom:refund", String(jobId), "--network", "devnet");
      expectError(late, "InvalidStatus", "torch2circom:status");
    } finally {
      await server.close();
    }
  });
});
