/** The escrow's client, for programs that need no Hardhat: commit, request, settle, refund, withdraw, decode. */
export * from "./binding.js";
export * from "./commitment.js";
export * from "./contracts.js";
export * from "./deploy.js";
export * from "./escrow.js";
export * from "./evaluation.js";
export { FACTORY } from "./factory.js";
export * from "./inputs.js";
export * from "./model.js";
export * from "./outputs.js";
export * from "./ownContracts.js";
export * from "./probe.js";
export * from "./typedData.js";
export * from "./verify.js";
export type { Receipt } from "./send.js";
export * from "./settlement.js";
export { ERROR_CODES, type ErrorCode } from "../errors/codes.js";
export { Torch2CircomError } from "../errors/torch2circomError.js";
