import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import envPaths from "env-paths";
import { configVariable } from "hardhat/config";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { setupHash, writeManifest } from "../../src/artifacts/manifest.js";
import type { Torch2CircomUserConfig } from "../../src/config/types.js";
import torch2circom from "../../src/index.js";
import { refusalOf } from "../plugin/project.js";

describe("the plugin's configuration", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "config-"));
    await writeFile(join(root, "package.json"), '{ "type": "module" }');
  });
  afterEach(() => rm(root, { recursive: true }));

  const environment = (config?: unknown): Promise<HardhatRuntimeEnvironment> =>
    createHardhatRuntimeEnvironment(
      { plugins: [torch2circom], torch2circom: config as Torch2CircomUserConfig },
      {},
      root,
    );

  it("has a default for everything", async () => {
    const { cacheDir, ...config } = (await environment()).config.torch2circom;
    expect(cacheDir, "the user's, which all projects share").to.equal(
      envPaths("torch2circom", { suffix: "" }).cache,
    );
    expect(config).to.deep.equal({
      models: {},
      outDir: join(root, "torch2circom"),
      jobsDir: join(root, "torch2circom-jobs"),
      circom: "wasm",
    });
  });

  it("resolves paths and the defaults of a model", async () => {
    const { config } = await environment({
      models: { lenet: { source: "models/lenet.pt2", samples: "/data/lenet.npz", weightBits: 5 } },
      cacheDir: "own/cache",
      ptau: { path: "final_17.ptau", sha256: "AB".repeat(32) },
    });
    expect(config.torch2circom.cacheDir).to.equal(join(root, "own/cache"));
    expect(config.torch2circom.models.lenet).to.deep.equal({
      name: "lenet",
      source: join(root, "models/lenet.pt2"),
      samples: "/data/lenet.npz",
      weightBits: 5, // other bits stay open: as many as the model needs
      input: "committed",
      weights: "public",
      output: "public",
    });
    expect(config.torch2circom.ptau).to.deep.equal({
      path: join(root, "final_17.ptau"),
      sha256: "ab".repeat(32),
    });
    const url = "https://example.org/a.ptau";
    for (const [given, resolved] of [
      ["hermez", "hermez"],
      [
        { url, sha256: "AB".repeat(32) },
        { url, sha256: "ab".repeat(32) },
      ],
    ] as const) {
      const other = await environment({ ptau: given });
      expect(other.config.torch2circom.ptau).to.deep.equal(resolved);
    }
  });

  const wrong: [unknown, RegExp][] = [
    [{ models: { "../x": { source: "a" } } }, /models.*letters, digits/s],
    [{ models: { x: {} } }, /models\.x\.source/],
    [{ models: { x: { source: "a", maxError: 3 } } }, /maxError.*share of the range/s],
    [{ models: { x: { source: "a", provider: "0x12" } } }, /provider.*40 hexadecimal digits/s],
    [{ models: { x: { source: "a", weightBits: 1 } } }, /weightBits.*at least 2 bits/s],
    [{ models: { x: { source: "a", weights: "secret" } } }, /models\.x\.weights.*private/s],
    [{ models: { x: { source: "a", input: "calldata" } } }, /models\.x\.input.*evaluated/s],
    [{ models: { x: { source: "a", weightbits: 4 } } }, /weightbits/],
    [{ models: { x: { source: "a", output: "logits" } } }, /output.*argmax/s],
    [{ prover: "other" }, /prover/],
    [{ ptau: { path: "a", sha256: "12" } }, /64 hexadecimal digits/],
    [{ ptau: { url: "https://example.org/a.ptau" } }, /ptau\.sha256/],
    [{ ptau: { url: "file:///a.ptau", sha256: "ab".repeat(32) } }, /ptau\.url.*https:/s],
    [{ ptau: { url: "https://a", path: "a", sha256: "ab".repeat(32) } }, /ptau.*path/s],
    [{ ptau: "final_17.ptau" }, /ptau.*"hermez"/s],
    [{ ptau: {} }, /ptau.*"hermez"/s],
  ];
  for (const [config, message] of wrong)
    it(`refuses ${JSON.stringify(config)} and names the place`, async () => {
      const error = await environment(config).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error);
      expect((error as Error).message).to.match(message);
    });

  it("takes the operator's token from where secrets are", async () => {
    process.env.TEST_OPERATOR_TOKEN = "a secret";
    const { operatorToken } = (await environment({ operatorToken: configVariable("TEST_OPERATOR_TOKEN") }))
      .config.torch2circom;
    expect(await operatorToken?.get()).to.equal("a secret");
    delete process.env.TEST_OPERATOR_TOKEN;
    expect(await refusalOf(() => environment({ operatorToken: 7 }))).to.contain("operatorToken");
  });

  it("refuses an operator's token that somebody could guess, before anything else of a service", async () => {
    const hre = await environment({ operatorToken: "0123456789abcdef0123456789abcde" });
    expect(await refusalOf(() => hre.torch2circom.service.serve(["iris"]))).to.match(
      /operatorToken has 31 characters.*Give 32 or more/s,
    );
  });

  it("cleans development builds and unfinished ones, and nothing else", async () => {
    const outDir = join(root, "torch2circom");
    const build = async (name: string, setup: "development" | "single-contributor"): Promise<void> => {
      const ceremony = {
        circuitHash: "0".repeat(64),
        ptauHash: null,
        contributionHashes: [],
        beacon: null,
        tools: {},
      };
      await writeManifest(join(outDir, name, "manifest.json"), {
        format: "torch2circom-manifest-1",
        name,
        model: { file: "a.pt2", format: "pt2", sha256: "0".repeat(64) },
        inputMode: "committed",
        outputMode: "public",
        domain: "1",
        inputs: [],
        outputs: [],
        constraints: { nonlinear: 1, linear: 0, wires: 2 },
        accuracy: null,
        setup,
        ceremony,
        setupHash: setupHash({ setup, ceremony }),
        files: {},
        hashes: {},
      });
    };
    await build("draft", "development");
    await build("final", "single-contributor");
    await mkdir(join(outDir, "unfinished", ".stages"), { recursive: true });
    await mkdir(join(outDir, "notes"), { recursive: true });
    await mkdir(join(outDir, "damaged"), { recursive: true });
    await writeFile(join(outDir, "damaged", "manifest.json"), "{");
    const hre = await environment();
    await hre.tasks.getTask("clean").run({ global: false });
    expect(await readdir(outDir)).to.have.members(["final", "notes", "damaged"]);
  });
});
