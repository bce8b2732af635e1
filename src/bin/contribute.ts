import { createInterface } from "node:readline/promises";
import { relative } from "node:path";
import { contributeAway } from "../ceremony/contributeAway.js";
import { createProgress, inStage } from "../progress/progress.js";
import type { Parsed } from "./parsed.js";

/** `torch2circom contribute`. */
export async function contribute({ positional, options }: Parsed): Promise<number> {
  const { name = "anonymous", transcript, out } = options;
  const typed = options.entropy === "-" ? await askForEntropy() : options.entropy;
  const made = await inStage(
    createProgress(),
    `Contribute to ${positional}`,
    (onProgress) => contributeAway({ key: positional, name, typed, transcript, out, onProgress }),
    ({ receipt }) => `contribution ${receipt.index}`,
  );
  console.log(`Send back:          ${relative(process.cwd(), made.key)}`);
  console.log(`Your receipt:       ${relative(process.cwd(), made.receiptFile)}`);
  console.log(`Contribution hash:  ${made.receipt.hash}`);
  console.log(
    "Publish the hash where others know it to be from you: that is what your contribution is known by.",
  );
  return 0;
}

async function askForEntropy(): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question("Type anything at random, then Enter: ");
  } finally {
    terminal.close();
  }
}
