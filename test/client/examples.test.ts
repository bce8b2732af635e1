import { expect } from "chai";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { JsonRpcProvider, type Signer } from "ethers";
import { network } from "hardhat";
import { build, type Rolldown } from "vite";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { hashOf } from "../../src/artifacts/hash.js";
import {
  contractsAt,
  deployContracts,
  fulfillJob,
  modelUri,
  registerModel,
  type Contracts,
  type Job,
} from "../../src/client/index.js";
import { makeProject } from "../plugin/project.js";
import { buildOnce } from "../helpers/builds.js";

const EXAMPLES = join(import.meta.dirname, "..", "..", "examples");
const iris = (end: string) => join(EXAMPLES, "paid", `iris.${end}`);
/** The second account of Hardhat's nodes. */
const CLIENT_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

/** A node by itself, a provider with a build, and programs that have `torch2circom/client` and no Hardhat. */
describe("examples without Hardhat", function () {
  let hre: HardhatRuntimeEnvironment;
  let root: string;
  let provider: JsonRpcProvider;
  let payee: Signer;
  let contracts: Contracts;
  let env: Record<string, string>;
  const closing: (() => unknown)[] = [];

  before(async () => {
    ({ hre, root } = await makeProject());
    await buildOnce(hre, { model: iris("pt2"), samples: iris("npz"), output: "argmax" });
    const file = (name: string) => readFileSync(join(root, "torch2circom", "iris", name), "utf8");
    const files = createServer(({ url }, response) => response.end(file(url!.slice(1))));
    await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve));
    const node = await network.createServer("default", "127.0.0.1", 0);
    const { address, port } = await node.listen();
    provider = new JsonRpcProvider(`http://${address}:${port}`, undefined, { cacheTimeout: -1 });
    closing.push(
      () => files.close(),
      () => provider.destroy(),
      () => node.close(),
    );

    payee = await provider.getSigner(2);
    const { deployment } = await deployContracts(payee, { fundFactory: true });
    contracts = await contractsAt(deployment, payee);
    const { model, hashes, setupHash } = await hre.torch2circom.manifest("iris");
    const place = `http://127.0.0.1:${(files.address() as AddressInfo).port}/manifest.json`;
    const uri = modelUri(place, hashOf(file("manifest.json")));
    const commitment = {
      modelHash: `0x${model.sha256}`,
      circuitHash: `0x${hashes.r1cs}`,
      setupHash: `0x${setupHash}`,
    };
    const key = JSON.parse(file("verification_key.json"));
    const { modelId } = await registerModel(contracts, key, commitment, uri);
    env = {
      RPC_URL: `http://${address}:${port}`,
      PRIVATE_KEY: CLIENT_KEY,
      MODEL_ID: modelId,
      MODEL_URI: uri,
    };
  });
  after(async () => {
    for (const close of closing) await close();
  });

  /** The provider's part: proves the job of a file, and is paid. */
  async function fulfill(file: string): Promise<number> {
    const { job } = JSON.parse(readFileSync(file, "utf8")) as { job: Job };
    const options = { job: file, payee: await payee.getAddress() };
    const { proof, publicSignals, outputs } = await hre.torch2circom.prove("iris", options);
    await fulfillJob(contracts, payee, job, options.payee, proof, publicSignals.slice(0, -2).map(BigInt));
    return outputs[0].values[0];
  }

  it("a script asks for a class, and reads the one that was proven", async () => {
    const sample = ["0.3", "-1.2", "0.75", "1.2"];
    const script = join(EXAMPLES, "client", "ask.ts");
    const tsx = ["--import", import.meta.resolve("tsx"), script, ...sample];
    const tsconfig = join(EXAMPLES, "..", "tsconfig.json");
    const child = spawn(process.execPath, tsx, {
      cwd: root,
      env: { ...process.env, ...env, TSX_TSCONFIG_PATH: tsconfig },
      stdio: ["ignore", "pipe", "inherit"],
    });
    closing.push(() => child.kill());
    let output = "";
    let proven: Promise<number> | undefined;
    for await (const chunk of child.stdout) {
      output += String(chunk);
      if (output.includes("give job.json") && proven === undefined) {
        expect(existsSync(join(root, "input.json"))).to.equal(true);
        proven = fulfill(join(root, "job.json"));
      }
    }
    expect(output).to.contain(`fulfilled: ${await proven}`);
  });

  it("a dapp, bundled by vite, asks for a class, and shows the one that was proven", async () => {
    const { output } = (await build({
      root: join(EXAMPLES, "dapp"),
      configFile: false,
      logLevel: "silent",
      resolve: {
        alias: { "torch2circom/client": join(EXAMPLES, "..", "src", "client", "index.ts") },
      },
      build: { write: false, target: "esnext", modulePreload: false },
    })) as Rolldown.RolldownOutput;
    const [script] = output.filter((file) => file.type === "chunk");
    expect(script.imports).to.deep.equal([]);

    // The page's elements that the dapp names, and a wallet at the node.
    const page: Record<string, { textContent?: string; hidden?: boolean; submit?: (event: object) => void }> =
      {
        output: {},
        a: {},
        form: {},
      };
    page.form = Object.assign(page.form, {
      addEventListener: (_: string, submit: (event: object) => void) => (page.form.submit = submit),
    });
    const document = { querySelector: (selector: string) => page[selector] };
    const request = ({ method, params }: { method: string; params?: [] }) =>
      provider.send(method, params ?? []);
    const window = { crypto, ethereum: { request } };
    const stored = new Map<string, string>();
    const localStorage = { setItem: (name: string, value: string) => stored.set(name, value) };
    const fields = { modelId: env.MODEL_ID, uri: env.MODEL_URI, sample: "0.3 -1.2 0.75 1.2" };
    const FormData = function () {
      return Object.entries(fields);
    };
    const names = ["document", "window", "localStorage", "FormData"];
    new Function(...names, script.code)(document, window, localStorage, FormData);
    page.form.submit!({ preventDefault: () => undefined, target: undefined });

    const shown = async (text: string) => {
      while (!page.output.textContent?.includes(text)) {
        expect(page.output.textContent ?? "").to.match(/^$|Waiting|Paid/);
        await setTimeout(20);
      }
    };
    await shown("Paid into the escrow");
    const [, job] = [...stored.entries()].find(([name]) => name.startsWith("job "))!;
    expect([...stored.keys()][0]).to.match(/^input \d+$/);
    expect(page.a.hidden).to.equal(false);
    const file = join(root, "dapp.json");
    writeFileSync(file, job);
    const proven = await fulfill(file);
    await shown("Proven");
    expect(page.output.textContent).to.equal(`Proven: ${proven}`);
  });
});
