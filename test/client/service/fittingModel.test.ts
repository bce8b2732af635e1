import { expect } from "chai";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ZeroAddress } from "ethers";
import type { Card } from "../../../src/artifacts/cardForm.js";
import type { Manifest } from "../../../src/artifacts/manifest.js";
import { modelPaths } from "../../../src/artifacts/paths.js";
import { readVerificationKey } from "../../../src/groth16/files.js";
import type { VerificationKey } from "../../../src/groth16/types.js";
import { fittingModel } from "../../../src/client/service/fittingModel.js";
import { modelIdOf } from "../../../src/client/modelId.js";
import { buildOnce } from "../../helpers/builds.js";
import { makeProject } from "../../plugin/project.js";

describe("the card of a model that a service sells", function () {
  this.timeout(120_000);
  let server: Server;
  let url: string;
  let manifest: Manifest;
  let verificationKey: VerificationKey;
  let card: Card;

  before(async () => {
    const { hre } = await makeProject();
    await buildOnce(hre);
    manifest = await hre.torch2circom.manifest("iris");
    verificationKey = await readVerificationKey(
      modelPaths(hre.config.torch2circom.outDir, "iris").verificationKey,
    );
    const id = modelIdOf(manifest, { key: verificationKey, batches: [], segments: [] });
    server = createServer((_, response) => {
      const contracts = { escrow: ZeroAddress, registry: ZeroAddress, provider: ZeroAddress };
      const described = { ...{ id, name: "iris", prices: [], chainId: "1" }, ...contracts, verificationKey };
      response.end(
        JSON.stringify({ ...described, manifest: { ...manifest, card }, batches: [], segments: [] }),
      );
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  it("is kept if it fits the model, and left out otherwise", async () => {
    const [{ name }] = manifest.outputs;
    card = { outputs: { [name]: { classes: ["a", "b", "c"] } } };
    expect((await fittingModel(url, "iris")).manifest.card).to.deep.equal(card);
    // With a name left out, all behind it would be another's.
    card = { outputs: { [name]: { classes: ["b", "c"] } } };
    expect((await fittingModel(url, "iris")).manifest.card).to.equal(undefined);
  });
});
