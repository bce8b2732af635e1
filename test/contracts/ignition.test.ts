import { expect } from "chai";
import Torch2Circom from "../../ignition/modules/Torch2Circom.js";
import { ignition } from "./helpers/escrow.js";

describe("Ignition module Torch2Circom", () => {
  it("deploys a registry and its escrow", async () => {
    const { registry, escrow } = await ignition.deploy(Torch2Circom);
    expect(await escrow.registry()).to.equal(await registry.getAddress());
  });
});
