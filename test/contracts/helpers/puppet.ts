import type { Puppet } from "../../../types/ethers-contracts/index.js";
import { ethers, type System } from "./escrow.js";

/** What a puppet does when it is called, see contracts/test/Puppet.sol. */
export const Mode = { Nothing: 0, Revert: 1, Invalid: 2, ReturnMegabyte: 3, BurnGas: 4 };

/** A puppet owned by the worker. */
export async function makePuppet({ worker }: System): Promise<Puppet> {
  return ethers.deployContract("Puppet", worker);
}
