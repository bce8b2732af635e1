import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { planDeployment } from "../../src/client/deploy.js";
import { FACTORY } from "../../src/client/factory.js";

/**
 * The registry and its escrow at the addresses that they have on every chain, those of `torch2circom:deploy`.
 * Unlike the task, this needs the factory to be there, and the contracts not to be.
 */
export default buildModule("Torch2CircomDeterministic", (module) => {
  const plan = planDeployment();
  const makeRegistry = module.send("makeRegistry", FACTORY, 0n, plan.registry.data);
  const makeEscrow = module.send("makeEscrow", FACTORY, 0n, plan.escrow.data, { after: [makeRegistry] });
  const registry = module.contractAt("ModelRegistry", plan.registry.address, { after: [makeRegistry] });
  const escrow = module.contractAt("InferenceEscrow", plan.escrow.address, { after: [makeEscrow] });
  // Where there is no factory, the calls above do nothing: this one then fails.
  module.staticCall(escrow, "registry");
  return { registry, escrow };
});
