import { expect } from "chai";
import type { Puppet } from "../../types/ethers-contracts/index.js";
import { expectItsShare } from "./helpers/callbackGas.js";
import { deploy, ethers, networkHelpers } from "./helpers/escrow.js";
import { makePuppet } from "./helpers/puppet.js";

/** Threats by callbacks that are a matter of some units of gas: not for contracts that a measurement has changed. */
describe("Threats by callbacks, to the gas", () => {
  const load = () => networkHelpers.loadFixture(deploy);

  it("starved gas: and no more than that share is asked of the sender", async () => {
    const [small, large] = [200_000n, 1_000_000n];
    const least: bigint[] = [];
    for (const callbackGas of [small, large]) {
      const system = await load();
      least.push(await expectItsShare(system, await makePuppet(system), callbackGas));
    }
    const share = ((large - small) * 64n) / 63n;
    expect(least[1] - least[0]).to.be.within(share - 500n, share + 500n);
  });

  it("starved gas: nor is an account starved that delegates to a contract (EIP-7702)", async () => {
    const system = await load();
    const puppet = await makePuppet(system);
    const account = ethers.Wallet.createRandom(ethers.provider);
    await system.deployer.sendTransaction({ to: account, value: 10n ** 18n });
    const authorization = await account.authorize({ address: await puppet.getAddress(), nonce: 1 });
    const delegation = { to: system.deployer.address, type: 4, nonce: 0, authorizationList: [authorization] };
    await (await account.sendTransaction(delegation)).wait();
    await expectItsShare(system, puppet.attach(account.address) as Puppet);
  });
});
