import { expect } from "chai";
import { network } from "hardhat";
import Adapters from "../../ignition/modules/Adapters.js";
import Deterministic from "../../ignition/modules/Deterministic.js";
import Torch2Circom from "../../ignition/modules/Torch2Circom.js";
import { deployContracts, planDeployment } from "../../src/client/deploy.js";
import { FACTORY } from "../../src/client/factory.js";
import { refusalOf } from "../plugin/project.js";
import { ignition } from "./helpers/escrow.js";

describe("Ignition modules", () => {
  it("deploy a registry and its escrow", async () => {
    const { registry, escrow } = await ignition.deploy(Torch2Circom);
    expect(await escrow.registry()).to.equal(await registry.getAddress());
  });

  it("deploy the adapters of the registry", async () => {
    const { registry, erc7992, erc8183 } = await ignition.deploy(Adapters);
    expect(await erc7992.models()).to.equal(await registry.getAddress());
    expect(await erc8183.implementation()).to.be.properAddress;
  });

  it("give the task's addresses, and the task finds what they deployed", async () => {
    const { ethers, ignition: fresh, provider } = await network.create();
    const [signer] = await ethers.getSigners();
    const elsewhere = await network.create();
    const [stranger] = await elsewhere.ethers.getSigners();
    await deployContracts(stranger, { fundFactory: true });
    await provider.request({
      method: "hardhat_setCode",
      params: [FACTORY, await elsewhere.ethers.provider.getCode(FACTORY)],
    });
    const { registry, escrow } = await fresh.deploy(Deterministic);
    const plan = planDeployment();
    expect(await registry.getAddress()).to.equal(plan.registry.address);
    expect(await escrow.getAddress()).to.equal(plan.escrow.address);
    expect((await deployContracts(signer)).transactions).to.deep.equal({});
  });

  it("say so where there is no factory", async () => {
    const { ignition: fresh } = await network.create();
    expect(await refusalOf(() => fresh.deploy(Deterministic))).to.contain("InferenceEscrow.registry");
  });
});
