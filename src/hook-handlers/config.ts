import type { ConfigHooks } from "hardhat/types/hooks";
import { resolveConfig } from "../config/resolve.js";
import { validateUserConfig } from "../config/validate.js";
import "../type-extensions.js";
import { withPluginErrors } from "./pluginError.js";

export default async (): Promise<Partial<ConfigHooks>> => ({
  validateUserConfig: async (userConfig) => validateUserConfig(userConfig),
  resolveUserConfig: async (userConfig, resolveConfigurationVariable, next) => {
    const resolved = await next(userConfig, resolveConfigurationVariable);
    const token = userConfig.torch2circom?.operatorToken;
    return withPluginErrors(() => ({
      ...resolved,
      torch2circom: {
        ...resolveConfig(resolved.paths.root, userConfig.torch2circom),
        ...(token !== undefined && { operatorToken: resolveConfigurationVariable(token) }),
      },
    }));
  },
});
