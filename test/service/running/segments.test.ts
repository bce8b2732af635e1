import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { buyInference, serviceModel, verifyAnswer, type GivenAnswer } from "../../../src/client/index.js";
import type { ServiceRunning } from "../../../src/runtime/types.js";
import { TestToken__factory } from "../../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { KEYS } from "../../helpers/anvil.js";
import { buildOnce } from "../../helpers/builds.js";
import { startDevnet, type Devnet } from "../../helpers/devnet.js";
import { refusalOf } from "../../plugin/project.js";

for (const output of ["public", "committed"] as const)
  describe(`a model in segments that a service sells, with ${output} outputs`, function () {
    this.timeout(300_000);
    // PostgreSQL's user has to reach it.
    const folder = join(process.cwd(), "cache", `segments-${randomUUID()}`);
    let devnet: Devnet;
    let service: ServiceRunning;
    let mining: NodeJS.Timeout;

    before(async () => {
      await mkdir(folder, { recursive: true });
      devnet = await startDevnet({ outDir: join(folder, "builds"), jobsDir: join(folder, "jobs") });
      const { hre, anvil } = devnet;
      await buildOnce(hre, { segments: 2, output });
      await hre.torch2circom.deploy();
      await hre.torch2circom.register("iris");
      const client = new NonceManager(new Wallet(KEYS[1], providerOf(anvil.url)));
      const token = await new TestToken__factory(client).deploy();
      await token.waitForDeployment();
      await (await token.mint(await client.getAddress(), 10n ** 20n)).wait();
      mining = setInterval(() => void anvil.send("evm_mine").catch(() => undefined), 300);
      service = await hre.torch2circom.service.serve(["iris"], {
        ...{ account: 2, prices: [`1.5 ${await token.getAddress()}`], port: 0, wait: 0 },
        log: () => undefined,
      });
    });
    after(async () => {
      clearInterval(mining);
      await service.close();
      devnet.anvil.close();
      await rm(folder, { recursive: true, force: true });
    });

    it("is proven, settled and verified by all of its segments", async () => {
      const { hre, anvil } = devnet;
      const bought = await buyInference({
        url: service.url,
        model: "iris",
        input: { x: [0.1, 0.2, 0.3, 0.4] },
        // Committed outputs are paid for in one step: by the escrow's other function.
        pay: { signer: new Wallet(KEYS[1], providerOf(anvil.url)) },
        keep: () => undefined,
        until: "final",
        interval: 100,
      });
      expect(bought.state).to.equal("final");
      const { purchase, pipeline } = bought;
      expect((await hre.torch2circom.status(purchase.jobId)).status).to.equal("fulfilled");
      expect(pipeline!.proofs).to.have.length(2);
      expect((await hre.torch2circom.service.status()).jobs).to.deep.equal({ final: 1 });

      const model = await serviceModel(service.url, "iris");
      const asked = { ...purchase, salt: purchase.input.salt };
      expect(verifyAnswer(model, asked, bought)).to.deep.equal(bought.outputs);
      const { proofs, edges } = pipeline!;
      const wrong: Record<string, GivenAnswer> = {
        "without proofs": { ...bought, pipeline: undefined },
        "a segment less": { ...bought, pipeline: { proofs: proofs.slice(0, 1), edges: [] } },
        "a proof twice": { ...bought, pipeline: { proofs: [proofs[0], proofs[0]], edges } },
        "another link": { ...bought, pipeline: { proofs, edges: [edges[0] + 1n] } },
        "another output": {
          ...bought,
          publicSignals: bought.publicSignals.map((signal, i) =>
            i === 0 ? `${BigInt(signal) + 1n}` : signal,
          ),
        },
      };
      for (const [name, answer] of Object.entries(wrong))
        expect(await refusalOf(async () => verifyAnswer(model, asked, answer)), name).to.contain(
          "its proof does not verify",
        );
    });
  });

function providerOf(url: string): JsonRpcProvider {
  return new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
}
