import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print, wholeNumber } from "../output.js";
import { untilSignal } from "./signals.js";

interface Arguments {
  models: string[];
  account: number;
  price?: string;
  host?: string;
  port: number;
  proxy?: string;
  perMinute: number;
  provers: number;
  batch: number;
  wait: number;
  promise: number;
  confirmations?: string;
  maxGasPrice: number;
  withdrawEvery: number;
  withdrawTo?: string;
  keepInputs: number;
  bundles?: string;
  fallback?: string;
  fromBlock?: string;
  allowSingleContributor: boolean;
  noPublicPool: boolean;
  adoptNonce: boolean;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { models, json, price, proxy, confirmations, fromBlock, ...options } = args;
  const service = await hre.torch2circom.service.serve(models, {
    ...options,
    prices: price?.split(","),
    trustedProxies: proxy?.split(","),
    confirmations: wholeNumber(confirmations, "confirmations"),
    fromBlock: wholeNumber(fromBlock, "fromBlock"),
  });
  const { url, isShared } = service;
  print({ url, models, isShared }, json, () => [
    `Selling answers of ${models.join(", ")} at ${url}`,
    isShared
      ? "Provers on other machines: npx hardhat torch2circom:work, with the builds' folders and the same DATABASE_URL"
      : "Provers on this machine: npx hardhat torch2circom:work. Other machines need a database that they reach: DATABASE_URL",
    "Ctrl-C ends it after the proofs in hand, a second one at once: nothing that is owed is lost.",
  ]);
  await untilSignal(service);
}
