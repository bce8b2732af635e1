import * as v from "valibot";
import { describeIssue } from "../errors/formIssue.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { cardForm, type Card } from "./cardForm.js";

/**
 * The card that a text holds.
 *
 * @param text JSON
 * @param place where the text is from, for errors
 * @throws Torch2CircomError that names the entry which is not one of a card
 */
export function parseCard(text: string, place: string): Card {
  const refused = (why: string, cause?: Error) =>
    new Torch2CircomError(
      "INVALID_ARGUMENT",
      `${place} is not the card of a model: ${why}`,
      'Write {"inputs": {"<input>": {"features": […]}}, "outputs": {"<output>": {"classes": […]}}}; see docs/configuration.md.',
      cause,
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refused("it is not JSON", error as Error);
  }
  if (Array.isArray(json)) throw refused("it is a list");
  const parsed = v.safeParse(cardForm, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw refused(describeIssue(parsed.issues[0]));
}
