import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { inStage } from "../../src/progress/progress.js";
import { KEYS, startAnvil } from "../../test/helpers/anvil.js";
import { TestToken__factory } from "../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { bundlePages } from "../web.js";
import { passingProgress, say, title } from "./trust/screen.js";
import { NodeProject } from "./service/project.js";

// `npm run demo:web`: a chain, a provider's service, and the page on which people buy its answers. It runs until Ctrl-C.

const root = join(import.meta.dirname, "..", "..");
const NAMES = ["digits_mlp", "mnist_lenet5"];
const PRICE = "0.25";

const progress = passingProgress();
const run = <Result>(stage: string, work: () => Promise<Result>) => inStage(progress, stage, work);
const anvil = await startAnvil("--block-time", "1");
process.once("exit", () => anvil.close());
const [deployer, buyer, provider] = KEYS;
const project = new NodeProject(anvil.url, [deployer, provider]);
process.once("SIGINT", () => {
  const end = async () => {
    await project.close();
    anvil.close();
  };
  void end().then(() => process.exit(0));
});

title("A chain, a token, and a provider who builds and registers two models, and starts a service");
await run("Bundle the pages", () => bundlePages(join(root, "dist", "web")));
const { torch2circom } = await project.environment();
for (const name of NAMES) {
  const samples = join(root, "test", "fixtures", "models", name);
  await run(`Build ${name}`, () =>
    torch2circom.build({ model: join(samples, "model.pt2"), samples, name, progress }),
  );
}
const token = await run("Deploy and register", async () => {
  await torch2circom.deploy();
  for (const name of NAMES) await torch2circom.register(name);
  const node = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 });
  const made = await new TestToken__factory(new NonceManager(new Wallet(deployer, node))).deploy();
  await made.waitForDeployment();
  await (await made.mint(new Wallet(buyer).address, 10n ** 18n * 100n)).wait();
  node.destroy();
  return made.getAddress();
});
const url = await run("Start the service", () => {
  const account = ["--account", "1", "--network", "devnet"];
  const terms = ["--price", `${PRICE} ${token},0.001`, "--confirmations", "2", "--wait", "2"];
  return project.ready(
    project.run(["torch2circom:serve", ...NAMES, "--port", "0", ...account, ...terms]),
    /at (http:\S+)/,
  );
});

title("The page");
say(`${url}/?demo=${anvil.url}   with a demo wallet that has 100 TEST`);
say(`${url}/   with your own wallet: network ${anvil.url}, chain id 31337`);
say("Ctrl-C ends all.");
for (;;) await wait(3_600_000);
