import { relative } from "node:path";
import type { CleanHooks } from "hardhat/types/hooks";
import { removeDevelopmentBuilds } from "../artifacts/clean.js";
import "../type-extensions.js";
import { withPluginErrors } from "./pluginError.js";

export default async (): Promise<Partial<CleanHooks>> => ({
  onClean: ({ config }) =>
    withPluginErrors(async () => {
      for (const { folder, why } of await removeDevelopmentBuilds(config.torch2circom.outDir))
        console.log(`Kept ${relative(process.cwd(), folder)}: ${why}. Delete it by hand if you are sure.`);
    }),
});
