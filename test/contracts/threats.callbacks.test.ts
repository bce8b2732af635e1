import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import { AMOUNT, deploy, fulfill, makeJob, networkHelpers, proveJob, request } from "./helpers/escrow.js";
import { expectItsShare } from "./helpers/callbackGas.js";
import { makePuppet, Mode } from "./helpers/puppet.js";

/** The rows of the threat list in docs/security.md that concern callbacks. */
describe("Threats by callbacks: none can block the payment", () => {
  const load = () => networkHelpers.loadFixture(deploy);

  async function fulfillWith(mode: number, callbackGas = 100_000n) {
    const system = await load();
    const puppet = await makePuppet(system);
    await puppet.tell(mode);
    const job = await makeJob(system, { callback: await puppet.getAddress(), callbackGas });
    await request(system, job);
    const sent = fulfill(system, job);
    return { ...system, puppet, job, sent };
  }

  for (const [name, mode] of Object.entries({
    "a revert": Mode.Revert,
    INVALID: Mode.Invalid,
    "1 MB of return data": Mode.ReturnMegabyte,
    "all gas burnt": Mode.BurnGas,
  })) {
    it(name, async () => {
      const { escrow, worker, puppet, job, sent } = await fulfillWith(mode);
      await expect(sent)
        .to.emit(escrow, "CallbackFailed")
        .withArgs(await escrow.hashJob(job), puppet);
      expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(AMOUNT);
      // A verification, the callback's gas, and nothing to copy.
      expect((await (await sent).wait())!.gasUsed).to.be.lessThan(420_000n);
    });
  }

  it("1 MB of return data with gas for it: is not copied", async () => {
    const { escrow, sent } = await fulfillWith(Mode.ReturnMegabyte, 2_000_000n);
    await expect(sent).not.to.emit(escrow, "CallbackFailed");
    // The callback itself pays for its memory, 2.0 million at most; a copy would cost as much again.
    expect((await (await sent).wait())!.gasUsed).to.be.lessThan(2_500_000n);
  });

  it("starved gas: with less than the callback's share the fulfillment reverts", async () => {
    const system = await load();
    await expectItsShare(system, await makePuppet(system));
  });

  it("in a batch", async () => {
    const system = await load();
    const { escrow, worker } = system;
    const puppet = await makePuppet(system);
    await puppet.tell(Mode.Revert);
    const fulfillments = [];
    for (const salt of ["a", "b"]) {
      const callback = salt === "a" ? await puppet.getAddress() : ZeroAddress;
      const job = await makeJob(system, {
        salt: id(salt),
        callback,
        callbackGas: salt === "a" ? 100_000n : 0n,
      });
      await request(system, job);
      const { proof, signals } = await proveJob(system, job, worker);
      fulfillments.push({ job, payee: worker.address, proof, outputs: [signals[0]] });
    }
    await expect(escrow.fulfillBatch(fulfillments)).to.emit(escrow, "CallbackFailed");
    expect(await escrow.balanceOf(worker, ZeroAddress)).to.equal(2n * AMOUNT);
  });
});
