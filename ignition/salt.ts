import { id } from "ethers";

/**
 * Salt of the deterministic deployment, which Ignition makes by CREATE2 through CreateX:
 * `hardhat ignition deploy ignition/modules/Torch2Circom.ts --strategy create2`, or
 * `ignition.deploy(module, { strategy: "create2", strategyConfig: { salt: SALT } })`.
 * It does not start with an account, so that anyone can deploy and gets the same addresses on every chain.
 */
export const SALT = id("torch2circom contracts, version 1");
