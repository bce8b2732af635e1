import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { JsonRpcProvider, NonceManager, Wallet } from "ethers";
import type { Card } from "../../../src/artifacts/cardForm.js";
import { bundlePages } from "../../../scripts/web.js";
import type { ProverRunning, ServiceRunning } from "../../../src/runtime/types.js";
import type { TestToken } from "../../../types/ethers-contracts/test/TestToken.js";
import { TestToken__factory } from "../../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { KEYS } from "../../helpers/anvil.js";
import { buildOnce } from "../../helpers/builds.js";
import { startDevnet, type Devnet } from "../../helpers/devnet.js";
import { FIXTURES } from "../../plugin/project.js";

/** Names that a stranger's page must show as text alone. */
export const IRIS: Card = {
  title: "Iris <b>& co</b>",
  inputs: {
    x: {
      features: ["sepal length", "sepal width", "petal length", "petal width"],
      units: ["cm", "cm", "cm", "cm"],
    },
  },
  outputs: { output: { classes: ["<img src=x onerror=alert(1)>", "versicolor", "virginica"] } },
};

const WORDS: Card = {
  inputs: { ids: { vocabulary: ["a", "ab", " ", "b", "c", "d", "e", "f", "the"], padding: "the" } },
};

/** A provider that sells answers of three models on a page, with a node and a database: all real. */
export class Market {
  private mining: NodeJS.Timeout;

  private constructor(
    readonly devnet: Devnet,
    private readonly folder: string,
    /** Folder of the pages. */
    readonly pages: string,
    readonly service: ServiceRunning,
    private prover: ProverRunning | undefined,
    readonly node: JsonRpcProvider,
    readonly token: TestToken,
  ) {
    this.mining = setInterval(() => void devnet.anvil.send("evm_mine").catch(() => undefined), 300);
  }

  /** @param operatorToken that opens the operator's page. Default: none */
  static async open(operatorToken?: string): Promise<Market> {
    // PostgreSQL's user has to reach it.
    const folder = join(process.cwd(), "cache", `service-${randomUUID()}`);
    const pages = join(folder, "pages");
    await mkdir(folder, { recursive: true });
    await bundlePages(pages);
    const devnet = await startDevnet({
      ...{ outDir: join(folder, "builds"), jobsDir: join(folder, "jobs") },
      ...(operatorToken !== undefined && { operatorToken }),
    });
    const { hre, anvil } = devnet;
    const samples = join(FIXTURES, "digits_mlp");
    const words = join(FIXTURES, "..", "cases", "two_tables_one_input");
    const cardOf = async (name: string, card: Card): Promise<string> => {
      const path = join(folder, `${name}.card.json`);
      await writeFile(path, JSON.stringify(card));
      return path;
    };
    await buildOnce(hre, { model: join(samples, "model.pt2"), samples, name: "digits" });
    await buildOnce(hre);
    const named = { model: join(FIXTURES, "iris_mlp", "model.pt2"), samples: join(FIXTURES, "iris_mlp") };
    await hre.torch2circom.build({ ...named, name: "iris", card: await cardOf("iris", IRIS) });
    await hre.torch2circom.build({
      ...{ model: `${words}.onnx`, samples: `${words}.json`, name: "words" },
      card: await cardOf("words", WORDS),
    });
    await hre.torch2circom.deploy();
    for (const name of ["digits", "iris", "words"]) await hre.torch2circom.register(name);
    const node = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 });
    const token = await new TestToken__factory(new NonceManager(new Wallet(KEYS[0], node))).deploy();
    await token.waitForDeployment();
    await (await token.mint(new Wallet(KEYS[1]).address, 10n ** 20n)).wait();
    const bundles = join(folder, "bundles");
    await hre.torch2circom.bundle("digits", {
      model: join(samples, "model.pt2"),
      out: join(bundles, "digits.tgz"),
    });
    const service = await hre.torch2circom.service.serve(["digits", "iris", "words"], {
      ...{
        account: 2,
        prices: [`1.5 ${await token.getAddress()}`, "0.001"],
        port: 0,
        wait: 0,
        provers: 0,
        pages,
        bundles,
      },
      log: () => undefined,
    });
    const prover = await hre.torch2circom.service.work({ log: () => undefined });
    return new Market(devnet, folder, pages, service, prover, node, token);
  }

  /** From now on, nothing is proven. */
  async endProver(): Promise<void> {
    const { prover } = this;
    this.prover = undefined;
    await prover?.close();
  }

  async close(): Promise<void> {
    clearInterval(this.mining);
    await this.endProver();
    await this.service.close();
    this.node.destroy();
    this.devnet.anvil.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
