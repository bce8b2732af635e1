import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { receiptSchema, type Receipt } from "./receipt.js";

/** A receipt in a file; undefined for a file that is none. */
export async function readReceipt(path: string): Promise<Receipt | undefined> {
  try {
    return v.parse(receiptSchema, JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}
