import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import type { Puppet } from "../../types/ethers-contracts/index.js";
import {
  AMOUNT,
  deploy,
  ethers,
  fulfil,
  type Job,
  makeJob,
  networkHelpers,
  proveJob,
  request,
  type System,
} from "./helpers/escrow.js";
import type { ProofWords } from "./helpers/fixture.js";
import { makePuppet, Mode } from "./helpers/puppet.js";

/** The rows of the threat list in docs/security.md that concern callbacks. */
describe("Threats by callbacks: none can block the payment", () => {
  const load = () => networkHelpers.loadFixture(deploy);

  async function fulfilWith(mode: number, callbackGas = 100_000n) {
    const system = await load();
    const puppet = await makePuppet(system);
    await puppet.tell(mode);
    const job = await makeJob(system, { callback: await puppet.getAddress(), callbackGas });
    await request(system, job);
    const sent = fulfil(system, job);
    return { ...system, puppet, job, sent };
  }

  for (const [name, mode] of Object.entries({
    "a revert": Mode.Revert,
    INVALID: Mode.Invalid,
    "1 MB of return data": Mode.ReturnMegabyte,
    "all gas burnt": Mode.BurnGas,
  })) {
    it(name, async () => {
      const { escrow, worker, puppet, job, sent } = await fulfilWith(mode);
      await expect(sent)
        .to.emit(escrow, "CallbackFailed")
        .withArgs(await escrow.hashJob(job), puppet);
      expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(AMOUNT);
      // A verification, the callback's gas, and nothing to copy.
      expect((await (await sent).wait())!.gasUsed).to.be.lessThan(420_000n);
    });
  }

  it("1 MB of return data with gas for it: is not copied", async () => {
    const { escrow, sent } = await fulfilWith(Mode.ReturnMegabyte, 2_000_000n);
    await expect(sent).not.to.emit(escrow, "CallbackFailed");
    // The callback itself pays for its memory, 2.0 million at most; a copy would cost as much again.
    expect((await (await sent).wait())!.gasUsed).to.be.lessThan(2_500_000n);
  });

  it("starved gas: with less than the callback's share the fulfilment reverts", async () => {
    const system = await load();
    await expectItsShare(system, await makePuppet(system));
  });

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

  /** With the least gas that a fulfilment takes, its callback sees as much as with plenty. @returns that least gas */
  async function expectItsShare(system: System, puppet: Puppet, callbackGas = 1_000_000n): Promise<bigint> {
    const { escrow, worker } = system;
    const prepare = async (salt: string) => {
      const job = await makeJob(system, { callback: puppet.target, callbackGas, salt: id(salt) });
      await request(system, job);
      const { proof, signals } = await proveJob(system, job, worker);
      return [job, worker, proof, [signals[0]]] as [Job, typeof worker, ProofWords, bigint[]];
    };
    await escrow.fulfil(...(await prepare("plenty")), { gasLimit: 3_000_000n });
    const seen = await puppet.gasSeen();
    // What is spent before gasleft() in the callback: the dispatch of its function.
    expect(seen).to.be.within(callbackGas - 1_000n, callbackGas);

    const call = await prepare("the least");
    let [tooLow, enough] = [300_000n, 3_000_000n];
    while (enough - tooLow > 1n) {
      const gasLimit = (tooLow + enough) / 2n;
      const fits = await escrow.fulfil.staticCall(...call, { gasLimit }).then(
        () => true,
        () => false,
      );
      if (fits) enough = gasLimit;
      else tooLow = gasLimit;
    }
    await expect(escrow.fulfil(...call, { gasLimit: tooLow })).to.be.revertedWithCustomError(
      escrow,
      "InsufficientCallbackGas",
    );
    await expect(escrow.fulfil(...call, { gasLimit: enough })).not.to.emit(escrow, "CallbackFailed");
    expect(await puppet.gasSeen()).to.equal(seen);
    expect(await puppet.calls()).to.equal(2n);
    return enough;
  }

  it("in a batch", async () => {
    const system = await load();
    const { escrow, worker } = system;
    const puppet = await makePuppet(system);
    await puppet.tell(Mode.Revert);
    const fulfilments = [];
    for (const salt of ["a", "b"]) {
      const callback = salt === "a" ? await puppet.getAddress() : ZeroAddress;
      const job = await makeJob(system, {
        salt: id(salt),
        callback,
        callbackGas: salt === "a" ? 100_000n : 0n,
      });
      await request(system, job);
      const { proof, signals } = await proveJob(system, job, worker);
      fulfilments.push({ job, payee: worker.address, proof, outputs: [signals[0]] });
    }
    await expect(escrow.fulfilBatch(fulfilments)).to.emit(escrow, "CallbackFailed");
    expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(2n * AMOUNT);
  });
});
