import { expect } from "chai";
import { parseEther, type Provider, type Signer } from "ethers";
import { artifacts, network } from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { deployContracts, planDeployment } from "../../src/client/deploy.js";
import { FACTORY } from "../../src/client/factory.js";
import torch2circom from "../../src/index.js";
import { Chain } from "../contracts/helpers/chain.js";
import { refusalOf } from "../plugin/project.js";
import { InferenceEscrow__factory } from "../../types/ethers-contracts/factories/InferenceEscrow__factory.js";

const plan = planDeployment();

/** The same object with some functions of its own. */
function withOwn<T extends object>(object: T, own: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(name in own ? own : target, name);
      return typeof value === "function" && !(name in own) ? value.bind(target) : value;
    },
  });
}

/** A signer whose node answers otherwise than Hardhat's. */
function withNode(signer: Signer, own: Partial<Provider>): Signer {
  return withOwn(signer, { provider: withOwn(signer.provider!, own) });
}

describe("Deployment", () => {
  it("gives the same addresses on every chain, whoever deploys, and says what it follows from", async () => {
    for (const [chainId, account] of [
      [31337, 0],
      [11155111, 3],
    ] as const) {
      const { ethers } = await network.create({ override: { chainId } });
      const signer = (await ethers.getSigners())[account];
      const { deployment, transactions } = await deployContracts(signer, { fundFactory: true });
      expect(deployment).to.include({ registry: plan.registry.address, escrow: plan.escrow.address });
      expect(deployment.codeHashes).to.deep.equal({
        registry: plan.registry.codeHash,
        escrow: plan.escrow.codeHash,
      });
      const escrow = InferenceEscrow__factory.connect(deployment.escrow, signer);
      expect(await escrow.registry()).to.equal(deployment.registry);
      for (const hash of Object.values(transactions)) expect(hash).to.match(/^0x[0-9a-f]{64}$/);
    }
  });

  it("finds what is there, and sends nothing", async () => {
    const { ethers } = await network.create();
    const [first, second] = await ethers.getSigners();
    const { deployment } = await deployContracts(first, { fundFactory: true });
    const again = await deployContracts(second);
    expect(again.deployment).to.deep.equal(deployment);
    expect(again.transactions).to.deep.equal({});
    expect(await second.getNonce()).to.equal(0);
  });

  it("goes on where a run was interrupted, at whatever step", async () => {
    // Money for the factory, the registry, the escrow.
    for (const steps of [0, 1, 2]) {
      const { ethers } = await network.create();
      const [signer] = await ethers.getSigners();
      let left = steps;
      const interrupted = Object.create(signer) as typeof signer & object;
      interrupted.sendTransaction = (transaction) =>
        left-- > 0 ? signer.sendTransaction(transaction) : Promise.reject(new Error("interrupted"));
      expect(await refusalOf(() => deployContracts(interrupted, { fundFactory: true }))).to.contain(
        "interrupted",
      );
      const { transactions } = await deployContracts(signer, { fundFactory: true });
      expect(transactions.registry === undefined, `registry after ${steps}`).to.equal(steps === 2);
      expect(transactions.escrow).to.match(/^0x/);
      expect(await ethers.provider.getCode(plan.escrow.address)).to.not.equal("0x");
    }
  });

  it("does no harm if two run at the same time", async () => {
    const { ethers } = await network.create();
    const [first, second] = await ethers.getSigners();
    const results = await Promise.all([
      deployContracts(first, { fundFactory: true }),
      deployContracts(second, { fundFactory: true }),
    ]);
    expect(results[0].deployment).to.deep.equal(results[1].deployment);
    expect(await ethers.provider.getCode(plan.escrow.address)).to.not.equal("0x");
  });

  it("asks before it pays for the factory, and says what it costs", async () => {
    const { ethers } = await network.create();
    const [signer] = await ethers.getSigners();
    const refusal = await refusalOf(() => deployContracts(signer));
    expect(refusal).to.contain("costs 0.01 of the native token").and.to.contain("--fund-factory");
    expect(await signer.getNonce()).to.equal(0);
    // What is there already is not asked for.
    const account = "0x3fAB184622Dc19b6109349B94811493BF2a45362";
    await (await signer.sendTransaction({ to: account, value: parseEther("0.004") })).wait();
    expect(await refusalOf(() => deployContracts(signer))).to.contain("costs 0.006 of the native token");
    // Somebody else has paid for it: then it costs nothing.
    await (await signer.sendTransaction({ to: account, value: parseEther("0.006") })).wait();
    expect((await deployContracts(signer)).transactions.escrow).to.match(/^0x/);
  });

  it("pays for no factory where its transaction offers too little for gas", async () => {
    // It offers 100 gwei.
    const { ethers } = await network.create({ override: { initialBaseFeePerGas: 200_000_000_000n } });
    const [signer] = await ethers.getSigners();
    const refusal = await refusalOf(() => deployContracts(signer, { fundFactory: true }));
    expect(refusal).to.contain("200000000000 wei of base fee").and.to.contain("torch2circom/ignition");
    expect(await signer.getNonce()).to.equal(0);
  });

  it("pays for no factory where the node refuses its transaction, whatever it says", async () => {
    const { ethers } = await network.create();
    const answers = {
      "only replay-protected (EIP-155) transactions allowed over RPC": "for one chain only (EIP-155)",
      "invalid chain id for signer: have <nil> want 1": "invalid chain id for signer",
      "method not allowed\u0007": "method not allowed ",
    };
    for (const [answer, words] of Object.entries(answers)) {
      const signer = withNode(await ethers.provider.getSigner(0), {
        broadcastTransaction: () => Promise.reject(new Error(answer)),
      });
      const refusal = await refusalOf(() => deployContracts(signer, { fundFactory: true }));
      expect(refusal).to.contain(words).and.to.contain("Ask the chain's operators");
      expect(await signer.getNonce()).to.equal(0);
    }
  });

  it("sends nothing on a chain that lacks instructions, and names them", async () => {
    const lacking = {
      london: ["PUSH0", "MCOPY", "transient storage"],
      shanghai: ["MCOPY", "transient storage"],
    };
    for (const [hardfork, words] of Object.entries(lacking)) {
      const { ethers } = await network.create({ override: { hardfork } });
      const [signer] = await ethers.getSigners();
      const refusal = await refusalOf(() => deployContracts(signer, { fundFactory: true }));
      for (const word of words) expect(refusal).to.contain(word);
      for (const word of ["PUSH0", "0x0"].filter((one) => !words.includes(one)))
        expect(refusal).not.to.contain(word);
      expect(await signer.getNonce()).to.equal(0);
    }
  });

  it("gives the registry's reason where the node answers no probe: the factory keeps it to itself", async () => {
    const missing = await Chain.create([8]);
    const { ethers } = await network.create();
    const [signer] = await ethers.getSigners();
    await deployContracts(signer, { fundFactory: true });
    const fresh = (await network.create()).ethers;
    // A chain that has the factory and cannot check proofs: creations are run by an EVM without the pairing.
    await fresh.provider.send("hardhat_setCode", [FACTORY, await ethers.provider.getCode(FACTORY)]);
    const node = withNode(await fresh.provider.getSigner(0), {
      call: async ({ data, gasLimit }) => {
        if (gasLimit !== undefined) return "0x";
        const { ok, data: answer } = await missing.deploy(data!);
        if (ok) return answer;
        throw Object.assign(new Error("execution reverted"), { data: answer });
      },
    });
    const refusing = withOwn(node, {
      sendTransaction: () => Promise.reject(new Error("execution reverted")),
    });
    expect(await refusalOf(() => deployContracts(refusing))).to.contain("UnsupportedChain()");
  });

  it("puts the factory at its known address, with its known code", async () => {
    const { ethers } = await network.create();
    await deployContracts((await ethers.getSigners())[0], { fundFactory: true });
    expect(await ethers.provider.getCode(FACTORY)).to.equal(
      `0x7${"f".repeat(63)}e03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3`,
    );
  });

  it("does not depend on comments and the paths of files", async () => {
    for (const name of ["ModelRegistry", "InferenceEscrow"]) {
      const { bytecode, deployedBytecode } = await artifacts.readArtifact(name);
      // {"solc": 0.8.28} in CBOR, and nothing else. In creation code, constants may follow.
      expect(deployedBytecode).to.match(/fea164736f6c634300081c000a$/);
      expect(bytecode.match(/64736f6c63|6970667358|627a7a72/g)).to.deep.equal(["64736f6c63"]);
    }
  });

  it("takes no private key: no task has an option or argument for one", async () => {
    const { tasks } = await createHardhatRuntimeEnvironment({ plugins: [torch2circom] });
    const own = [...tasks.rootTasks.values()].filter(({ id }) => id[0].startsWith("torch2circom"));
    const all = own.flatMap((task) => [task, ...task.subtasks.values()]);
    const names = all.flatMap(({ options, positionalArguments }) => [
      ...options.keys(),
      ...positionalArguments.map(({ name }) => name),
    ]);
    expect(names).to.include("account");
    expect(
      names.filter((name) => /key|secret|mnemonic|seed|phrase|password|wallet/i.test(name)),
    ).to.deep.equal([]);
  });
});
