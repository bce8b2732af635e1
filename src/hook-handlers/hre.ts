import type { HardhatRuntimeEnvironmentHooks } from "hardhat/types/hooks";
import type { Torch2CircomRuntime } from "../runtime/types.js";
import "../type-extensions.js";

/** `hre.torch2circom`, whose code loads with the first call. */
export default async (): Promise<Partial<HardhatRuntimeEnvironmentHooks>> => ({
  created: async (_context, hre) => {
    let loaded: Promise<Torch2CircomRuntime> | undefined;
    const load = () =>
      (loaded ??= import("../runtime/runtime.js").then(({ createRuntime }) => createRuntime(hre)));
    hre.torch2circom = new Proxy({} as Torch2CircomRuntime, {
      get:
        (_, name: keyof Torch2CircomRuntime) =>
        async (...args: unknown[]) => {
          const method = (await load())[name] as (...args: unknown[]) => unknown;
          return method(...args);
        },
    });
  },
});
