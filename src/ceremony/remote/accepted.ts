import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Receipt } from "../receipt.js";
import type { Transcript } from "../transcript.js";

/**
 * Whether a coordinator's transcript has a contribution.
 *
 * @param head that a transcript of the same ceremony had before, which this one has to go on from; null for any
 * @throws Torch2CircomError if the transcript is another's, or has the contribution otherwise than the receipt
 */
export function isAccepted(transcript: Transcript, receipt: Receipt, head = receipt.transcript): boolean {
  if (head !== null && !transcript.lines.some((line) => line.head === head))
    throw forked("does not go on from the one that you contributed to");
  const entry = transcript.contributions.find(({ hash }) => hash === receipt.hash);
  if (entry === undefined) return false;
  const { index, before, after } = receipt;
  if (entry.index !== index || entry.before !== before || entry.after !== after)
    throw forked("has your contribution in another place than you made it in");
  return true;
}

function forked(what: string): Torch2CircomError {
  return new Torch2CircomError(
    "CEREMONY_INVALID",
    `The coordinator's transcript ${what}: it was changed`,
    "Keep your receipt and both transcripts, and tell the other contributors.",
  );
}
