import { expect } from "chai";
import * as ethers from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readFileSync } from "node:fs";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import * as client from "../../src/client/index.js";
import { makeProject } from "../plugin/project.js";
import { buildOnce } from "../helpers/builds.js";
import { examplesOf, ROOT, runSnippet, typeErrors, type Example } from "./examples.js";

const runtime = [
  ...examplesOf("src/runtime/types/models.ts", "ModelMethods"),
  ...examplesOf("src/runtime/types/payments.ts", "PaymentMethods"),
];
/** Run by the test of a build's ceremony, in their order. */
const ofTrust = [
  ...examplesOf("src/runtime/types/ceremonies.ts", "CeremonyMethods"),
  ...examplesOf("src/runtime/types/audit.ts", "AuditMethods"),
];
/** Not run: they need a service, which has tests of its own. */
const ofService = examplesOf("src/runtime/types/service.ts", "ServiceMethods");
const index = readFileSync(join(ROOT, "src", "client", "index.ts"), "utf8");
const ofClient = [...index.matchAll(/^export \* from "\.\/([\w/]+)\.js"/gm)].flatMap(([, file]) =>
  examplesOf(`src/client/${file}.ts`),
);

describe("examples in doc comments", function () {
  it("stand at every function of hre.torch2circom and of the client, with a line for each parameter", () => {
    const functions = Object.entries(client).filter(
      ([name, value]) => typeof value === "function" && /^[a-z]/.test(name),
    );
    expect(ofClient.map(({ name }) => name)).to.have.members(functions.map(([name]) => name));
    expect(runtime).to.have.length(27);
    expect(ofTrust).to.have.length(10);
    expect(ofService).to.have.length(4);
    const poor = [...runtime, ...ofTrust, ...ofService, ...ofClient].filter(
      ({ code, undocumented }) => !code || undocumented.length > 0,
    );
    expect(poor.map(({ name, undocumented }) => [name, ...undocumented])).to.deep.equal([]);
  });

  it("are of the types that they use", () => {
    const snippets = new Map(
      [...runtime, ...ofTrust, ...ofService, ...ofClient].map(({ name, code }) => [name, code!]),
    );
    expect(typeErrors(snippets)).to.deep.equal([]);
  });

  describe("run:", () => {
    let hre: HardhatRuntimeEnvironment;
    let context: Record<string, unknown>;

    before(async () => {
      let root: string;
      ({ hre, root } = await makeProject());
      // The chain is ready, with a build, for those examples that do not make it themselves.
      const iris = (end: string) => join(ROOT, "examples", "paid", `iris.${end}`);
      await buildOnce(hre, { model: iris("pt2"), samples: iris("npz") });
      await hre.torch2circom.deploy();
      const { modelId } = await hre.torch2circom.register("iris");
      const [signer] = await (await hre.network.getOrCreate()).ethers.getSigners();
      const key = join(root, "torch2circom", "iris", "verification_key.json");
      context = {
        signer,
        modelId,
        contracts: await hre.torch2circom.contracts(),
        verificationKey: JSON.parse(readFileSync(key, "utf8")),
        console: { log: () => undefined },
      };
    });

    const modules = () => ({
      hardhat: { default: hre },
      ethers,
      "node:fs/promises": fs,
      "torch2circom/client": { ...client },
    });

    const run = ({ name, code }: Example) =>
      it(name, async () => {
        const absolute = code!.replaceAll(
          '"iris.',
          JSON.stringify(join(ROOT, "examples", "paid", "iris.")).slice(0, -1),
        );
        await runSnippet(absolute, modules(), context);
      });
    // An attack takes half a minute: test/attack makes some.
    runtime.filter(({ name }) => name !== "attack").forEach(run);
    ofClient.forEach(run);
  });
});
