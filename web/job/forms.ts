import * as v from "valibot";
import { modelForm, quoteForm } from "../../src/client/service/forms.js";
import { JOB_STATUS } from "../../src/client/terms.js";

/** What a service says of its chain, and of a job on it. */

const { chainId: decimal, escrow: address, id: word } = modelForm.entries;
const block = v.pipe(v.number(), v.safeInteger());
const step = {
  transaction: word,
  block,
  time: decimal,
  gasUsed: decimal,
  gasPrice: decimal,
  jobs: block,
};

export const jobOnChainForm = v.object({
  status: v.picklist(JOB_STATUS),
  latest: v.object({ block, time: decimal }),
  job: v.optional(quoteForm.entries.job),
  unit: v.optional(
    v.object({
      symbol: v.optional(v.pipe(v.string(), v.maxLength(20))),
      decimals: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(77))),
    }),
  ),
  requested: v.optional(v.object(step)),
  fulfilled: v.optional(v.object({ ...step, payee: address, outputWords: v.array(decimal) })),
  refunded: v.optional(v.object({ ...step, by: address })),
});

export const placesForm = v.object({
  models: v.pipe(
    v.array(v.object({ chainId: decimal, escrow: address, registry: modelForm.entries.registry })),
    v.minLength(1),
  ),
});

/** A chain and the contracts on it. */
export type Place = v.InferOutput<typeof placesForm>["models"][number];
