import { cardMisfit } from "../../src/artifacts/cardFit.js";
import { serviceModel, type OfferedModel } from "../../src/client/service/serviceModel.js";

/**
 * A model of a service, its manifest and key checked against its id. Names that do not fit it are left out: nothing on the page may
 * be called otherwise than the provider calls it.
 *
 * @throws Torch2CircomError where manifest and key are not those of the id
 */
export async function loadModel(url: string, id: string): Promise<OfferedModel> {
  const model = await serviceModel(url, id);
  const { manifest } = model;
  if (manifest.card === undefined || cardMisfit(manifest.card, manifest) === undefined) return model;
  return { ...model, manifest: { ...manifest, card: undefined } };
}
