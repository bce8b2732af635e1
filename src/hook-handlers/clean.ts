import type { CleanHooks } from "hardhat/types/hooks";
import { removeDevelopmentBuilds } from "../artifacts/clean.js";
import "../type-extensions.js";

export default async (): Promise<Partial<CleanHooks>> => ({
  onClean: async ({ config }) => removeDevelopmentBuilds(config.torch2circom.outDir),
});
