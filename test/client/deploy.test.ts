import { expect } from "chai";
import { artifacts, network } from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { deployContracts, FACTORY, planDeployment } from "../../src/client/deploy.js";
import torch2circom from "../../src/index.js";
import { refusalOf } from "../plugin/project.js";
import { InferenceEscrow__factory } from "../../types/ethers-contracts/factories/InferenceEscrow__factory.js";

const plan = planDeployment();

describe("Deployment", () => {
  it("gives the same addresses on every chain, whoever deploys, and says what it follows from", async () => {
    for (const [chainId, account] of [
      [31337, 0],
      [11155111, 3],
    ] as const) {
      const { ethers } = await network.create({ override: { chainId } });
      const signer = (await ethers.getSigners())[account];
      const { deployment, transactions } = await deployContracts(signer);
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
    const { deployment } = await deployContracts(first);
    const again = await deployContracts(second);
    expect(again.deployment).to.deep.equal(deployment);
    expect(again.transactions).to.deep.equal({ registry: undefined, escrow: undefined });
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
      expect(await refusalOf(() => deployContracts(interrupted))).to.contain("interrupted");
      const { transactions } = await deployContracts(signer);
      expect(transactions.registry === undefined, `registry after ${steps}`).to.equal(steps === 2);
      expect(transactions.escrow).to.match(/^0x/);
      expect(await ethers.provider.getCode(plan.escrow.address)).to.not.equal("0x");
    }
  });

  it("does no harm if two run at the same time", async () => {
    const { ethers } = await network.create();
    const [first, second] = await ethers.getSigners();
    const results = await Promise.all([deployContracts(first), deployContracts(second)]);
    expect(results[0].deployment).to.deep.equal(results[1].deployment);
    expect(await ethers.provider.getCode(plan.escrow.address)).to.not.equal("0x");
  });

  it("says what to do on a chain that does not take the factory", async () => {
    // The factory's transaction offers 100 gwei.
    const { ethers } = await network.create({ override: { initialBaseFeePerGas: 200_000_000_000n } });
    const [signer] = await ethers.getSigners();
    expect(await refusalOf(() => deployContracts(signer))).to.contain("does not take the transaction");
  });

  it("puts the factory at its known address, with its known code", async () => {
    const { ethers } = await network.create();
    await deployContracts((await ethers.getSigners())[0]);
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
