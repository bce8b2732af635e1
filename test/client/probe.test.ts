import { expect } from "chai";
import type { Provider } from "ethers";
import { network } from "hardhat";
import { probeChain } from "../../src/client/probe.js";
import { Chain } from "../contracts/helpers/chain.js";

describe("The probe of a chain", () => {
  it("finds what each upgrade of Ethereum lacks", async () => {
    const [push0, mcopy, transient] = [
      "the instruction PUSH0 (EIP-3855)",
      "the instruction MCOPY (EIP-5656)",
      "transient storage (EIP-1153)",
    ];
    const cases = {
      byzantium: [push0, mcopy, transient],
      istanbul: [push0, mcopy, transient],
      london: [push0, mcopy, transient],
      shanghai: [mcopy, transient],
      cancun: [],
      osaka: [],
    };
    for (const [hardfork, missing] of Object.entries(cases)) {
      const { ethers } = await network.create({ override: { hardfork } });
      expect(await probeChain(ethers.provider), hardfork).to.deep.equal(missing);
      expect(await ethers.provider.getBlockNumber()).to.equal(0);
    }
  });

  it("finds which precompiled contracts are absent", async () => {
    const names = { 6: "ecAdd at 0x06", 7: "ecMul at 0x07", 8: "ecPairing at 0x08" };
    for (const absent of [[], [6], [7], [8], [6, 8], [6, 7, 8]] as (keyof typeof names)[][]) {
      const chain = await Chain.create(absent);
      const node = { call: async ({ data }: { data: string }) => (await chain.deploy(data)).data };
      const missing = await probeChain(node as unknown as Provider);
      expect(missing, absent.join()).to.have.length(absent.length);
      absent.forEach((address, i) => expect(missing![i]).to.contain(names[address]));
    }
  });

  it("knows nothing where the node answers with something else", async () => {
    const answers = ["0x", "0x01", `0x${"01".repeat(223)}`];
    for (const answer of answers) {
      const node = { call: () => Promise.resolve(answer) };
      expect(await probeChain(node as unknown as Provider)).to.equal(undefined);
    }
    const node = { call: () => Promise.reject(new Error("to is required")) };
    expect(await probeChain(node as unknown as Provider)).to.equal(undefined);
  });
});
