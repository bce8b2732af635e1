import { createInterface } from "node:readline/promises";
import { relative, resolve } from "node:path";
import { contributeAway } from "../ceremony/contributeAway.js";
import { contributeRemotely } from "../ceremony/remote/contributeRemotely.js";
import { createProgress, inStage } from "../progress/progress.js";
import type { Parsed } from "./parsed.js";

const PUBLISH =
  "Publish the hash where others know it to be from you: that is what your contribution is known by.";

/** `torch2circom contribute`. */
export async function contribute({ positional, options }: Parsed): Promise<number> {
  const typed = options.entropy === "-" ? await askForEntropy() : options.entropy;
  const isAddress = /^https?:\/\//i.test(positional);
  await (isAddress ? contributeOverHttp : contributeToFile)(positional, options, typed);
  console.log(PUBLISH);
  return 0;
}

async function contributeToFile(key: string, options: Parsed["options"], typed?: string): Promise<void> {
  const { name = "anonymous", transcript, out } = options;
  const made = await inStage(
    createProgress(),
    `Contribute to ${key}`,
    (onProgress) => contributeAway({ key, name, typed, transcript, out, onProgress }),
    ({ receipt }) => `contribution ${receipt.index}`,
  );
  console.log(`Send back:          ${relative(process.cwd(), made.key)}`);
  console.log(`Your receipt:       ${relative(process.cwd(), made.receiptFile)}`);
  console.log(`Contribution hash:  ${made.receipt.hash}`);
}

async function contributeOverHttp(url: string, options: Parsed["options"], typed?: string): Promise<void> {
  const { name = "anonymous", invitation, out = "torch2circom-contribution" } = options;
  const parameters = { url, name, typed, invitation, folder: resolve(out), progress: createProgress() };
  for (const { circuit, receipt, receiptFile } of await contributeRemotely(parameters)) {
    console.log(`${circuit}: the coordinator has your contribution ${receipt.index}`);
    console.log(`Your receipt:       ${relative(process.cwd(), receiptFile)}`);
    console.log(`Contribution hash:  ${receipt.hash}`);
  }
}

async function askForEntropy(): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question("Type anything at random, then Enter: ");
  } finally {
    terminal.close();
  }
}
