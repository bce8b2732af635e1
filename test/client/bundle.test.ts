import { expect } from "chai";
import { build } from "esbuild";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build as viteBuild, type Rolldown } from "vite";
import * as client from "../../src/client/index.js";

const ROOT = join(import.meta.dirname, "..", "..");
const LIMIT = 75_000;

/** Code for browsers. Without ethers it is what the client adds to a program that has ethers. */
async function bundle(code: string, external: string[], format: "esm" | "iife" = "esm") {
  const result = await build({
    stdin: { contents: code, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format,
    globalName: format === "iife" ? "client" : undefined,
    platform: "browser",
    external,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  expect(result.warnings).to.deep.equal([]);
  return { text: result.outputFiles[0].text, files: Object.keys(result.metafile.inputs) };
}

const WHOLE = 'export * from "./src/client/index.js"';

describe("the client in a browser", function () {
  it(`is bundled by esbuild, within ${LIMIT / 1000} kB compressed`, async () => {
    const { text, files } = await bundle(WHOLE, ["ethers"]);
    expect(gzipSync(text).length).to.be.lessThan(LIMIT);
    expect(files.filter((file) => /poseidon-lite|snarkjs|hardhat|circom2/.test(file))).to.deep.equal([]);
  });

  it(`is bundled by vite, within ${LIMIT / 1000} kB compressed`, async () => {
    const warnings: string[] = [];
    const entry = join(ROOT, "src", "client", "index.ts");
    const built = (await viteBuild({
      root: ROOT,
      configFile: false,
      logLevel: "silent",
      build: {
        write: false,
        minify: true,
        modulePreload: false,
        // As a page is built, and not as a library, whose white space vite keeps.
        rolldownOptions: {
          input: entry,
          preserveEntrySignatures: "strict",
          external: ["ethers"],
          onwarn: ({ message }) => warnings.push(message),
        },
      },
    })) as Rolldown.RolldownOutput;
    expect(warnings).to.deep.equal([]);
    const { output } = built;
    expect(output).to.have.length(1);
    expect(output[0].imports).to.deep.equal(["ethers"]);
    expect(gzipSync(output[0].code).length).to.be.lessThan(LIMIT);
  });

  it("costs a program what it uses: no bytecode to read, no pairing to hash", async () => {
    const sizeOf = async (...names: string[]) => {
      const code = `export { ${names.join(", ")} } from "./src/client/index.js"`;
      return gzipSync((await bundle(code, ["ethers"])).text).length;
    };
    expect(await sizeOf("quantizeSample")).to.be.lessThan(2_000);
    // With the words for every error of a contract and a node.
    expect(await sizeOf("jobState")).to.be.lessThan(8_000);
    expect(await sizeOf("commitInputs", "randomSalt")).to.be.lessThan(8_000);
    expect(await sizeOf("verifyProof")).to.be.lessThan(20_000);
    // The code of the contracts is a good third of all; whoever deploys nothing goes without.
    const names = Object.keys(client).filter((name) => !["deployContracts", "planDeployment"].includes(name));
    expect(await sizeOf(...names)).to.be.lessThan(52_000);
  });

  it("is imported and hashes where there is neither Node nor a network", async () => {
    const { text } = await bundle(WHOLE, [], "iife");
    // What browsers have and ethers asks for; no process, no Buffer, no require, no fetch.
    const browser = { crypto, self: { crypto } };
    const inBrowser = runInNewContext(`${text}; client`, browser, { displayErrors: false }) as typeof client;
    expect(Object.keys(inBrowser)).to.have.members(Object.keys(client));
    const elements = Array.from({ length: 20 }, (_, i) => BigInt(i));
    expect(inBrowser.poseidonChain(elements)).to.equal(client.poseidonChain(elements));
    expect(inBrowser.randomSalt()).to.not.equal(inBrowser.randomSalt());
    expect(inBrowser.planDeployment().escrow.address).to.equal(client.planDeployment().escrow.address);
  });
});
