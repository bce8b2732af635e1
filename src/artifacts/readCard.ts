import { open } from "node:fs/promises";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Card } from "./cardForm.js";
import { parseCard } from "./parseCard.js";

/** Bytes of a card's file at most. */
const MOST_CARD_BYTES = 2 ** 22;

/** Reads a model's card, of at most 4 MiB. @throws Torch2CircomError where it cannot be read, or is none */
export async function readCard(path: string): Promise<Card> {
  return parseCard(await boundedText(path), path);
}

async function boundedText(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > MOST_CARD_BYTES)
        throw new Error(`it has ${size} bytes, and a card has ${MOST_CARD_BYTES} at most`);
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new Torch2CircomError(
      "FILE_NOT_READABLE",
      `The card ${path} cannot be read: ${(error as Error).message}`,
      "Give the path of a JSON file (--card, or `card` in the model's configuration).",
      error as Error,
    );
  }
}
