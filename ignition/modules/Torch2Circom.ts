import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { INFERENCE_ESCROW, MODEL_REGISTRY } from "../artifacts.js";

/** A registry and its escrow at addresses of their own, for tests and for chains without the factory. */
export default buildModule("Torch2Circom", (module) => {
  const registry = module.contract("ModelRegistry", MODEL_REGISTRY);
  const escrow = module.contract("InferenceEscrow", INFERENCE_ESCROW, [registry]);
  return { registry, escrow };
});
