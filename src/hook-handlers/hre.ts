import type { HardhatRuntimeEnvironmentHooks } from "hardhat/types/hooks";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { ModelMethods, PaymentMethods, Torch2CircomRuntime } from "../runtime/types.js";
import "../type-extensions.js";
import { withPluginErrors } from "./pluginError.js";

type Methods = Readonly<Record<string, ((...args: unknown[]) => unknown) | undefined>>;

const PAYMENTS: Readonly<Record<keyof PaymentMethods, true>> = {
  deploy: true,
  contracts: true,
  register: true,
  request: true,
  fulfill: true,
  refund: true,
  withdraw: true,
  status: true,
};

/** `hre.torch2circom`: one door to two rooms, each of which loads with the first call of one of its methods. */
export default async (): Promise<Partial<HardhatRuntimeEnvironmentHooks>> => ({
  created: async (_context, hre) => {
    let models: Promise<ModelMethods> | undefined;
    let payments: Promise<PaymentMethods> | undefined;
    const roomOf = (name: string): Promise<ModelMethods | PaymentMethods> =>
      name in PAYMENTS ? (payments ??= loadPayments(hre)) : (models ??= loadModels(hre));
    hre.torch2circom = new Proxy({} as Torch2CircomRuntime, {
      get(_, name) {
        // Not thenable, and no hook for util.inspect.
        if (typeof name === "symbol" || name === "then") return undefined;
        return (...args: unknown[]) =>
          withPluginErrors(async () => {
            try {
              const method = ((await roomOf(name)) as unknown as Methods)[name];
              if (method === undefined) throw new TypeError(`hre.torch2circom has no function ${name}`);
              return await method(...args);
            } catch (error) {
              throw explainMissingContracts(error);
            }
          });
      },
    });
  },
});

const loadModels = async (hre: HardhatRuntimeEnvironment) =>
  (await import("../runtime/models.js")).modelMethods(hre);

const loadPayments = async (hre: HardhatRuntimeEnvironment) =>
  (await import("../runtime/payments.js")).paymentMethods(hre);

/** The code that speaks to contracts imports what is compiled from them, which a fresh clone does not have yet. */
function explainMissingContracts(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes("ethers-contracts")) return error;
  return new Torch2CircomError(
    "NOT_COMPILED",
    "The contracts of torch2circom are not compiled",
    "In its repository, run once: npx hardhat build",
    error as Error,
  );
}
