import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** A registry and its escrow at addresses of their own, for tests and for chains without the factory. */
export default buildModule("Torch2Circom", (module) => {
  const registry = module.contract("ModelRegistry");
  const escrow = module.contract("InferenceEscrow", [registry]);
  return { registry, escrow };
});
