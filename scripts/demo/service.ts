import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { formatUnits, JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { inStage } from "../../src/progress/progress.js";
import { requestedJob } from "../../src/client/index.js";
import { KEYS, startAnvil } from "../../test/helpers/anvil.js";
import { TestToken__factory } from "../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { passingProgress, say, title } from "./trust/screen.js";
import { NodeProject } from "./service/project.js";

// `npm run demo:service`: a provider sells ten answers over HTTP. The client signs, and has no coin for gas; a prover dies.

const samples = join(import.meta.dirname, "..", "..", "test", "fixtures", "models", "digits_mlp");
const [NAME, ANSWERS, PRICE] = ["digits_mlp", 10, "0.25"];
const CONFIRMATIONS = 2;

const progress = passingProgress();
const run = <Result>(stage: string, work: () => Promise<Result>) => inStage(progress, stage, work);
const anvil = await startAnvil("--block-time", "1");
process.once("exit", () => anvil.close());
const [deployer, , provider] = KEYS;
const client = Wallet.createRandom();
const [selling, buying] = [
  new NodeProject(anvil.url, [deployer, provider]),
  new NodeProject(anvil.url, [client.privateKey]),
];
const node = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 });
const close = async () => {
  await selling.close();
  await buying.close();
  node.destroy();
  anvil.close();
};
process.once("SIGINT", () => void close().then(() => process.exit(130)));

title(
  "1. A chain, a token, and a provider who builds and registers a model, and starts a service with two provers",
);
const { torch2circom } = await selling.environment();
await run("Build", () =>
  torch2circom.build({ model: join(samples, "model.pt2"), samples, name: NAME, progress }),
);
const token = await run("Deploy and register", async () => {
  await torch2circom.deploy();
  await torch2circom.register(NAME);
  const made = await new TestToken__factory(new NonceManager(new Wallet(deployer, node))).deploy();
  await made.waitForDeployment();
  await (await made.mint(client.address, 10n ** 18n * 100n)).wait();
  return made;
});
const tokenAddress = await token.getAddress();
const url = await run("Start the service", async () => {
  const account = ["--account", "1", "--network", "devnet"];
  const terms = ["--price", `${PRICE} ${tokenAddress}`, "--confirmations", String(CONFIRMATIONS)];
  const settling = ["--batch", "5", "--wait", "8"];
  const service = selling.run([
    ...["torch2circom:serve", NAME, "--provers", "0", "--port", "0", ...account, ...terms, ...settling],
  ]);
  return selling.ready(service, /at (http:\S+)/);
});
let [proven, killed] = [0, 0];
for (let i = 0; i < 2; i++) {
  const prover = selling.run(["torch2circom:work"], ({ msg, job }, child) => {
    if (msg === "Proven") proven++;
    // In the middle of the ten, and in the middle of a proof.
    if (msg !== "Proving" || proven < ANSWERS / 3 || killed > 0) return;
    killed = child.pid!;
    child.kill("SIGKILL");
    say(`   kill -9 ${killed}: this prover dies while it proves job ${String(job)}`);
  });
  await run(`Start prover ${i + 1}`, () => selling.ready(prover, /Proving/));
}
say(`npx hardhat torch2circom:serve ${NAME} --price "${PRICE} ${tokenAddress}"   at ${url}`);
say("npx hardhat torch2circom:work   (twice)");

title(
  `2. A client with tokens and no coin for gas buys ${ANSWERS} answers: npx hardhat torch2circom:buy ${url}`,
);
const shop = await buying.environment();
const start = performance.now();
const bought = await Promise.all(
  Array.from({ length: ANSWERS }, async (_, index) => {
    await wait(300 * index);
    const one = await shop.torch2circom.service.buy(url, { samples, index, until: "final" });
    return { index, ...one };
  }),
);
const seconds = (performance.now() - start) / 1000;
if (killed === 0) throw new Error("no prover was killed: the demo has shown less than it says");

title("3. What each job has come to");
const contracts = await torch2circom.contracts();
const gasOf = async (hash: string) => (await node.getTransactionReceipt(hash))!.gasUsed;
const shares = new Map<string, number>();
for (const { transaction } of bought) shares.set(transaction!, (shares.get(transaction!) ?? 0) + 1);
let total = 0n;
for (const { index, jobId, outputs, paid, transaction, state } of bought) {
  const funding = await gasOf((await requestedJob(contracts, jobId))!.transaction);
  const together = shares.get(transaction!)!;
  const settling = (await gasOf(transaction!)) / BigInt(together);
  total += funding + settling;
  const [{ values }] = outputs;
  const digit = values.length === 1 ? values[0] : values.indexOf(Math.max(...values));
  say(
    `image ${index}: ${digit}  paid ${paid.replace(/ \(.*/, "")}  gas ${funding + settling}: funding ${funding}, its part of a settlement of ${together} ${settling}  ${state}`,
  );
}

const earned = await contracts.escrow.balanceOf(new Wallet(provider).address, tokenAddress);
say(
  `${ANSWERS} answers in ${seconds.toFixed(0)} s, ${shares.size} settlements, ${total / BigInt(ANSWERS)} gas per job`,
);
say(
  `The provider has ${formatUnits(earned, 18)} TEST in the escrow; the client has spent ${ANSWERS} signatures, and ${await node.getBalance(client.address)} wei`,
);
await close();
