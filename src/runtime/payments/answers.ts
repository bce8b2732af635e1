import type { Receipt } from "../../client/send.js";
import { answersOf, outputSignals, outputWords } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import type { FulfillResult } from "../types.js";
import type { Journal } from "./journal.js";

/** What a fulfilled job's provider is told; committed outputs go into the job's file, for the client. */
export async function resultOf(
  model: BuiltModel,
  journal: Journal,
  paid: Receipt & Pick<FulfillResult, "payee" | "seconds">,
): Promise<FulfillResult> {
  const { jobId, input, answer } = journal.record;
  const words = answer ?? outputWords(model, input);
  const signals = outputSignals(model, input.salt, words);
  const outputs = answersOf(model, signals, { salt: input.salt, words })!;
  const result = { jobId, outputs, ...paid };
  if (model.manifest.outputMode !== "committed") return result;
  return { ...result, answerFile: await journal.write({ answer: words }) };
}
