import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { network } from "hardhat";
import { tokenUnit } from "../../web/checkout/order/units.js";
import { amountText } from "../../web/parts/words.js";
import { StubbornToken__factory } from "../../types/ethers-contracts/factories/test/OddTokens.sol/StubbornToken__factory.js";
import { TestToken__factory } from "../../types/ethers-contracts/factories/test/TestToken__factory.js";

describe("amounts on the page that sells", () => {
  it("are written as the token says on the chain, also where it does not say it in text", async () => {
    const { ethers } = await network.create();
    const [signer] = await ethers.getSigners();
    const written = async (token: string) => amountText(1_500_000n, await tokenUnit(signer, token));
    const test = await (await new TestToken__factory(signer).deploy()).getAddress();
    expect(await written(test)).to.equal("0.0000000000015 TEST");
    expect(await written(ZeroAddress)).to.equal("0.0000000000015 ETH");
    const silent = await (await new StubbornToken__factory(signer).deploy()).getAddress();
    expect(await written(silent)).to.equal("1500000 smallest units of its token");
    // Old tokens have a symbol of 32 bytes, and no text. This one answers all that it is asked with one word: 6.
    const word = `0x7f${"6".padStart(64, "0")}60005260206000f3`;
    await ethers.provider.send("hardhat_setCode", [silent, word]);
    expect(await written(silent)).to.equal("1.5 of its token");
  });
});
