import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/**
 * The registry and its escrow. Both have no owner and no parameter, so that
 * `--strategy create2` gives them the same addresses on every chain.
 */
export default buildModule("Torch2Circom", (module) => {
  const registry = module.contract("ModelRegistry");
  const escrow = module.contract("InferenceEscrow", [registry]);
  return { registry, escrow };
});
