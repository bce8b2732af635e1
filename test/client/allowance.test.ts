import { expect } from "chai";
import { network } from "hardhat";
import { approveToken } from "../../src/client/allowance.js";
import { AcceptingToken__factory } from "../../types/ethers-contracts/factories/test/OddTokens.sol/AcceptingToken__factory.js";
import { StubbornToken__factory } from "../../types/ethers-contracts/factories/test/OddTokens.sol/StubbornToken__factory.js";
import { TestToken__factory } from "../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { refusalOf } from "../plugin/project.js";

describe("Allowances", () => {
  const SPENDER = "0x00000000000000000000000000000000000000aa";

  async function owner() {
    const { ethers } = await network.create();
    const [signer] = await ethers.getSigners();
    /** How many transactions it took. */
    const approve = async (token: { getAddress(): Promise<string> }, amount: bigint) => {
      const before = await signer.getNonce();
      await approveToken(signer, await token.getAddress(), SPENDER, amount);
      return (await signer.getNonce()) - before;
    };
    return { ethers, signer, approve };
  }

  it("are given once, and again only where they do not suffice", async () => {
    const { signer, approve } = await owner();
    const token = await new TestToken__factory(signer).deploy();
    for (const [amount, transactions] of [
      [5n, 1],
      [5n, 0],
      [3n, 0],
      [7n, 1],
    ] as const)
      expect(await approve(token, amount), `${amount}`).to.equal(transactions);
    expect(await token.allowance(signer, SPENDER)).to.equal(7n);
  });

  it("of a token such as USDT, which returns nothing, go by way of zero", async () => {
    const { signer, approve } = await owner();
    const token = await new StubbornToken__factory(signer).deploy();
    expect(await approve(token, 5n)).to.equal(1);
    expect(await approve(token, 9n)).to.equal(2);
    expect(await approve(token, 9n)).to.equal(0);
    expect(await token.allowance(signer, SPENDER)).to.equal(9n);
  });

  it("that a token does not give are told, before anything is paid", async () => {
    const { signer, approve } = await owner();
    const token = await new StubbornToken__factory(signer).deploy();
    await (await token.beMiserly()).wait();
    expect(await refusalOf(() => approve(token, 9n))).to.contain("grants less than 9 of its units");
  });

  it("of what is no token are refused in words", async () => {
    const { signer, approve } = await owner();
    const nothing = { getAddress: () => Promise.resolve(SPENDER) };
    expect(await refusalOf(() => approve(nothing, 1n))).to.contain("something else than its interface says");
    const accepting = await new AcceptingToken__factory(signer).deploy();
    expect(await approve(accepting, 1n)).to.equal(1);
  });
});
