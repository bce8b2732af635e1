import type { CleanHooks } from "hardhat/types/hooks";
import { removeDevelopmentBuilds } from "../artifacts/clean.js";
import "../type-extensions.js";
import { withPluginErrors } from "./pluginError.js";

export default async (): Promise<Partial<CleanHooks>> => ({
  onClean: ({ config }) => withPluginErrors(() => removeDevelopmentBuilds(config.torch2circom.outDir)),
});
