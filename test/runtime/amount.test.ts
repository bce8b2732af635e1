import { expect } from "chai";
import { network } from "hardhat";
import { hexlify, parseEther, toUtf8Bytes, ZeroAddress } from "ethers";
import { unitOf } from "../../src/client/unit.js";
import { describeAmount } from "../../src/runtime/payments/amount.js";
import { StubbornToken__factory } from "../../types/ethers-contracts/factories/test/OddTokens.sol/StubbornToken__factory.js";
import { TestToken__factory } from "../../types/ethers-contracts/factories/test/TestToken__factory.js";

describe("amounts of tokens", () => {
  it("are written in whole tokens, with the symbol and the address", async () => {
    const { ethers } = await network.create();
    const [signer] = await ethers.getSigners();
    const amount = parseEther("1.5");
    const token = await (await new TestToken__factory(signer).deploy()).getAddress();
    expect(await describeAmount(signer, amount, token)).to.equal(`1.5 TEST (${token})`);
    expect(await describeAmount(signer, amount, ZeroAddress)).to.equal("1.5 in the native token");
  });

  it("are written in units of what says nothing, or is no token", async () => {
    const { ethers } = await network.create();
    const [signer] = await ethers.getSigners();
    const silent = await (await new StubbornToken__factory(signer).deploy()).getAddress();
    for (const token of [silent, signer.address])
      expect(await describeAmount(signer, 7n, token)).to.equal(`7 units of ${token}`);
  });

  it("have a symbol that is short and printable, whatever the token calls itself", async () => {
    const { ethers } = await network.create();
    const [signer] = await ethers.getSigners();
    const token = await (await new TestToken__factory(signer).deploy()).getAddress();
    // A short string: its bytes, and twice its length in the last. OpenZeppelin keeps the symbol in slot 4.
    for (const [text, shown] of [
      ["\u001b[2 USD\n", "[2USD"],
      ["A".repeat(31), "A".repeat(12)],
      ["\u202e\u0000\u00a0", undefined],
    ] as const) {
      const bytes = toUtf8Bytes(text);
      const slot = new Uint8Array(32);
      slot.set(bytes);
      slot[31] = 2 * bytes.length;
      await ethers.provider.send("hardhat_setStorageAt", [token, "0x4", hexlify(slot)]);
      const { symbol } = await unitOf(signer, token);
      expect(symbol).to.equal(shown);
    }
  });
});
