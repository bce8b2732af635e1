import { jsonText } from "../../../src/client/jsonText.js";
import type { BoughtAnswer } from "../../../src/client/service/followPurchase.js";

type Saved = Pick<BoughtAnswer, "purchase" | "proof" | "pipeline" | "publicSignals" | "words">;

/** The text of a proof's file: all that shows others what the model has answered, and nothing of the input. */
export function proofText({ purchase, proof, pipeline, publicSignals, words }: Saved): string {
  const { jobId, job } = purchase;
  return jsonText({ jobId, modelId: job.modelId, proof, pipeline, publicSignals, words }, 2);
}
