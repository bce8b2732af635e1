import type { HardhatRuntimeEnvironmentHooks } from "hardhat/types/hooks";
import type { Torch2CircomRuntime } from "../runtime/types.js";
import "../type-extensions.js";
import { withPluginErrors } from "./pluginError.js";

/** `hre.torch2circom`, whose code loads with the first call. */
export default async (): Promise<Partial<HardhatRuntimeEnvironmentHooks>> => ({
  created: async (_context, hre) => {
    let loaded: Promise<Torch2CircomRuntime> | undefined;
    const load = () =>
      (loaded ??= import("../runtime/runtime.js").then(({ createRuntime }) => createRuntime(hre)));
    hre.torch2circom = new Proxy({} as Torch2CircomRuntime, {
      get(_, name) {
        // Not thenable, and no hook for util.inspect.
        if (typeof name === "symbol" || name === "then") return undefined;
        return (...args: unknown[]) =>
          withPluginErrors(async () => {
            const runtime = await load();
            const method = runtime[name as keyof Torch2CircomRuntime] as
              ((...args: unknown[]) => unknown) | undefined;
            if (method === undefined) throw new TypeError(`hre.torch2circom has no function ${name}`);
            return method(...args);
          });
      },
    });
  },
});
