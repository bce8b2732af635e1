import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { configVariable } from "hardhat/config";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HttpNetworkUserConfig } from "hardhat/types/config";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { JsonRpcServer } from "hardhat/types/network";
import torch2circom from "../../src/index.js";
import type { ProofResult, Torch2CircomRuntime } from "../../src/runtime/types.js";
import { FIXTURES, makeProject } from "../plugin/project.js";
import { buildOnce } from "../helpers/builds.js";

const samples = join(FIXTURES, "iris_mlp");
const POOR = `0x${"11".repeat(32)}`;
const NO_KEYS = ["0x1234", "no key", `0x${"ff".repeat(32)}`, `0x${"00".repeat(32)}`];

/** Functions that only read: they need no account. */
const READING = ["status", "verify"];

/** A failure as programs see it. */
interface Refusal {
  readonly code?: string;
  readonly problem: string;
  readonly remedy: string;
}

describe("a network that is not set up", function () {
  let outDir: string;
  let root: string;
  let node: JsonRpcServer;
  let page: Server;
  let job: string;
  let proven: ProofResult;
  let networks: Record<string, HttpNetworkUserConfig>;

  const on = async (network: string): Promise<HardhatRuntimeEnvironment> =>
    createHardhatRuntimeEnvironment(
      { plugins: [torch2circom], torch2circom: { outDir }, networks },
      { network },
      root,
    );

  before(async () => {
    const project = await makeProject();
    ({ root } = project);
    ({ outDir } = project.hre.config.torch2circom);
    await buildOnce(project.hre);
    proven = await project.hre.torch2circom.prove("iris", { samples });
    node = await project.hre.network.createServer("default", "127.0.0.1", 0);
    const { address, port } = await node.listen();
    page = createServer((_, response) => response.end("<html>a page</html>"));
    await new Promise<void>((done) => page.listen(0, "127.0.0.1", done));
    const http = (more: Partial<HttpNetworkUserConfig>): HttpNetworkUserConfig => ({
      type: "http",
      chainType: "l1",
      url: `http://${address}:${port}`,
      ...more,
    });
    networks = {
      good: http({}),
      noKey: http({ accounts: [configVariable("A_KEY_THAT_IS_NOT_SET")] }),
      noUrl: http({ url: configVariable("A_URL_THAT_IS_NOT_SET") }),
      // A port on which nothing listens: it was just closed, or is of the system.
      dead: http({ url: "http://127.0.0.1:1" }),
      noHost: http({ url: "http://no-such-host.invalid" }),
      page: http({ url: `http://127.0.0.1:${(page.address() as AddressInfo).port}` }),
      otherChain: http({ chainId: 5 }),
      noAccounts: http({ accounts: [] }),
      poor: http({ accounts: [POOR] }),
      ...Object.fromEntries(
        NO_KEYS.map((_, i) => [`key${i}`, http({ accounts: [configVariable(`NO_KEY_${i}`)] })]),
      ),
    };
    NO_KEYS.forEach((key, i) => (process.env[`NO_KEY_${i}`] = key));
  });

  after(async () => {
    for (const name of Object.keys(process.env).filter((one) => /^NO_KEY_\d$/.test(one)))
      Reflect.deleteProperty(process.env, name);
    page.close();
    await node.close();
  });

  /** Each function that goes to the network. */
  const calls = (runtime: Torch2CircomRuntime): Record<string, () => Promise<unknown>> => ({
    deploy: () => runtime.deploy(),
    contracts: () => runtime.contracts(),
    register: () => runtime.register("iris"),
    request: () => runtime.request("iris", { samples, amount: "0.01" }),
    fulfill: () => runtime.fulfill(job),
    refund: () => runtime.refund(job),
    withdraw: () => runtime.withdraw(),
    status: () => runtime.status(job),
    verify: () => runtime.verify("iris", proven, true),
  });

  const refusal = async (attempt: () => Promise<unknown>, what: string): Promise<Refusal> => {
    const error = await attempt().then(
      () => expect.fail(`${what} was not refused`),
      (reason: Error & Partial<Refusal>) => reason,
    );
    expect(error.name, `${what}: ${error.stack}`).to.equal("Torch2CircomPluginError");
    return error as unknown as Refusal;
  };

  it("leaves the account without money: each payment says so", async () => {
    const { torch2circom: poor } = await on("poor");
    // The factory and the contracts cost money too, until somebody has paid for them.
    expect((await refusal(() => poor.deploy(), "deploy")).code).to.equal("INSUFFICIENT_FUNDS");
    const { torch2circom: good } = await on("good");
    await good.deploy();
    expect((await refusal(() => poor.register("iris"), "register")).code).to.equal("INSUFFICIENT_FUNDS");
    await good.register("iris");
    ({ jobId: job } = await good.request("iris", { samples, amount: "0.01" }));
    for (const name of ["request", "fulfill"]) {
      const { code, remedy } = await refusal(calls(poor)[name], name);
      expect(code, name).to.equal("INSUFFICIENT_FUNDS");
      expect(remedy, name).to.contain("--account");
    }
  });

  const causes: Readonly<Record<string, readonly [code: string, problem: string, remedy: string]>> = {
    noKey: ["VARIABLE_MISSING", "A_KEY_THAT_IS_NOT_SET has no value", "keystore set A_KEY_THAT_IS_NOT_SET"],
    noUrl: ["VARIABLE_MISSING", "A_URL_THAT_IS_NOT_SET has no value", "keystore set A_URL_THAT_IS_NOT_SET"],
    dead: ["NETWORK_UNREACHABLE", '"dead" does not answer', "Check its url"],
    noHost: ["NETWORK_UNREACHABLE", '"noHost" does not answer', "Check its url"],
    page: ["NETWORK_UNREACHABLE", "not as a node does", "JSON-RPC endpoint"],
    otherChain: ["INVALID_ARGUMENT", "chain is 31337", "--network"],
    noAccounts: ["ACCOUNT_MISSING", "has no accounts", "Configure accounts"],
    key0: ["INVALID_ARGUMENT", "not a valid private key", "64 hex digits"],
    nowhere: ["INVALID_ARGUMENT", 'no network "nowhere"', "--network"],
  };
  for (const [network, [code, problem, remedy]] of Object.entries(causes))
    it(`${network}: each function says "${problem}"`, async () => {
      const { torch2circom: runtime } = await on(network);
      for (const [name, call] of Object.entries(calls(runtime))) {
        if (code === "ACCOUNT_MISSING" && READING.includes(name)) continue;
        const refused = await refusal(call, name);
        expect(refused.code, name).to.equal(code);
        expect(refused.problem, name).to.contain(problem);
        expect(refused.remedy, name).to.contain(remedy);
      }
      // A list shows what is on this machine, and why it knows no more.
      expect((await runtime.list()).builds).to.have.length(1);
      const { notice } = await runtime.jobs();
      expect(notice).to.contain(problem).and.to.contain(remedy);
    });

  it("lets those read who have no account", async () => {
    const { torch2circom: runtime } = await on("noAccounts");
    expect((await runtime.status(job)).status).to.equal("funded");
    expect(await runtime.verify("iris", proven, true)).to.include({ validOnChain: true });
  });

  it("never shows a key that is refused", async () => {
    for (const [i, key] of NO_KEYS.entries()) {
      const { torch2circom: runtime } = await on(`key${i}`);
      const refused = await refusal(() => runtime.withdraw(), key);
      expect(refused.problem, key).to.contain("not a valid private key");
      let text = "";
      for (let at: unknown = refused; at instanceof Error; at = at.cause)
        text += `${at.message}\n${at.stack}`;
      expect(text).not.to.contain(key);
      if (/^0xff/.test(key)) expect(text).not.to.contain(BigInt(key).toString());
    }
  });

  it("is not asked for an address that is none", async () => {
    const { torch2circom: runtime } = await on("good");
    for (const options of [{ token: "0x12" }, { to: "me" }]) {
      const { code, problem } = await refusal(() => runtime.withdraw(options), JSON.stringify(options));
      expect(code).to.equal("INVALID_ARGUMENT");
      expect(problem).to.contain("is not an address");
    }
  });
});
