import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import Torch2Circom from "./Torch2Circom.js";

/** Views of the registry for ERC-7992 and ERC-8183. */
export default buildModule("Torch2CircomAdapters", (module) => {
  const { registry } = module.useModule(Torch2Circom);
  const erc7992 = module.contract("ERC7992Adapter", [registry]);
  const erc8183 = module.contract("ERC8183EvaluatorFactory", [registry]);
  return { registry, erc7992, erc8183 };
});
