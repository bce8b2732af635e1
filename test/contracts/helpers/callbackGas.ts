import { expect } from "chai";
import { id } from "ethers";
import type { Puppet } from "../../../types/ethers-contracts/index.js";
import { type Job, makeJob, proveJob, request, type System } from "./escrow.js";
import type { ProofWords } from "./fixture.js";

/** With the least gas that a fulfillment takes, its callback sees as much as with plenty. @returns that least gas */
export async function expectItsShare(
  system: System,
  puppet: Puppet,
  callbackGas = 1_000_000n,
): Promise<bigint> {
  const { escrow, worker } = system;
  const prepare = async (salt: string) => {
    const job = await makeJob(system, { callback: puppet.target, callbackGas, salt: id(salt) });
    await request(system, job);
    const { proof, signals } = await proveJob(system, job, worker);
    return [job, worker, proof, [signals[0]]] as [Job, typeof worker, ProofWords, bigint[]];
  };
  await escrow.fulfill(...(await prepare("plenty")), { gasLimit: 3_000_000n });
  const seen = await puppet.gasSeen();
  // What is spent before gasleft() in the callback: the dispatch of its function.
  expect(seen).to.be.within(callbackGas - 1_000n, callbackGas);

  const call = await prepare("the least");
  let [tooLow, enough] = [300_000n, 3_000_000n];
  while (enough - tooLow > 1n) {
    const gasLimit = (tooLow + enough) / 2n;
    const fits = await escrow.fulfill.staticCall(...call, { gasLimit }).then(
      () => true,
      () => false,
    );
    if (fits) enough = gasLimit;
    else tooLow = gasLimit;
  }
  await expect(escrow.fulfill(...call, { gasLimit: tooLow })).to.be.revertedWithCustomError(
    escrow,
    "InsufficientCallbackGas",
  );
  await expect(escrow.fulfill(...call, { gasLimit: enough })).not.to.emit(escrow, "CallbackFailed");
  expect(await puppet.gasSeen()).to.equal(seen);
  expect(await puppet.calls()).to.equal(2n);
  return enough;
}
