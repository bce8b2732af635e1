import { cardMisfit } from "../../artifacts/cardFit.js";
import { serviceModel, type OfferedModel } from "./serviceModel.js";

/** Asks a service for a model that is shown to people, see {@link serviceModel} and {@link withFittingCard}. */
export async function fittingModel(url: string, model: string): Promise<OfferedModel> {
  return withFittingCard(await serviceModel(url, model));
}

/**
 * A model without names that do not fit it: nothing may be called otherwise than the provider calls it. The client does without,
 * which has no room for all that may be wrong with a card.
 */
export function withFittingCard<Model extends Pick<OfferedModel, "manifest">>(model: Model): Model {
  const { manifest } = model;
  if (manifest.card === undefined || cardMisfit(manifest.card, manifest) === undefined) return model;
  return { ...model, manifest: { ...manifest, card: undefined } };
}
