import { expect } from "chai";
import { network } from "hardhat";
import Adapters from "../../ignition/modules/Adapters.js";
import Torch2Circom from "../../ignition/modules/Torch2Circom.js";
import { SALT } from "../../ignition/salt.js";
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

  it("give the same addresses on every chain, whoever deploys, by CREATE2", async () => {
    const addresses = [];
    for (const sender of [0, 1]) {
      const { ethers, ignition: fresh } = await network.create();
      const accounts = await ethers.getSigners();
      for (let i = 0; i < sender; i++) await accounts[sender]!.sendTransaction({ to: accounts[0] });
      const { registry, escrow } = await fresh.deploy(Torch2Circom, {
        strategy: "create2",
        strategyConfig: { salt: SALT },
        defaultSender: accounts[sender]!.address,
      });
      expect(await escrow.registry()).to.equal(await registry.getAddress());
      addresses.push([await registry.getAddress(), await escrow.getAddress()]);
    }
    expect(addresses[0]).to.deep.equal(addresses[1]);
  });
});
