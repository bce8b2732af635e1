import * as v from "valibot";
import { ask } from "../../src/client/service/ask.js";
import { modelForm } from "../../src/client/service/forms.js";

const { token, amount } = modelForm.entries.prices.item.entries;

/** What the list of a service says of a model, beside what belongs to its id. All of it is the provider's word. */
const listedForm = v.object({
  id: modelForm.entries.id,
  name: v.string(),
  prices: v.array(
    v.object({
      token,
      amount,
      decimals: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(77))),
      symbol: v.optional(v.string()),
    }),
  ),
  seconds: v.nullable(v.number()),
  bundle: v.nullable(v.object({ path: v.string() })),
  chainId: modelForm.entries.chainId,
});

export type Listed = v.InferOutput<typeof listedForm>;
export type ListedPrice = Listed["prices"][number];

/** The models that a service sells. */
export async function listModels(url: string): Promise<readonly Listed[]> {
  return (await ask(url, "/models", v.object({ models: v.array(listedForm) }))).models;
}
