import { relative } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { openFile } from "../src/runtime/openFile.js";
import { print } from "./output.js";

export default async function (
  { model, open, json }: { model: string; open: boolean; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const page = await hre.torch2circom.report(model);
  const shown = open ? await openFile(page.file) : undefined;
  print(page, json, ({ file, headlines, findings }) => [
    ...headlines.map(({ label, value }) => `${label}: ${value}`),
    ...findings,
    `Report: ${relative(process.cwd(), file)}`,
    ...(shown === false ? ["No browser could be started: open the file yourself."] : []),
  ]);
}
