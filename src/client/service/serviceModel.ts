import * as v from "valibot";
import { parseManifest, type Manifest } from "../../artifacts/manifestForm.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { VerificationKey } from "../../groth16/types.js";
import { modelIdOf } from "../modelId.js";
import { ask } from "./ask.js";
import { modelForm, type ServiceModel } from "./forms.js";

/** A model as a service sells it, its manifest and key checked against its id. */
export interface OfferedModel extends Omit<ServiceModel, "manifest" | "verificationKey"> {
  readonly manifest: Manifest;
  readonly verificationKey: VerificationKey;
}

/**
 * Names of the models that a service sells.
 *
 * @param url of the service
 * @throws Torch2CircomError where it does not answer
 * @example
 * ```ts
 * import { soldModels } from "torch2circom/client";
 *
 * const names = (url: string) => soldModels(url);
 * console.log(names.name);
 * ```
 */
export async function soldModels(url: string): Promise<string[]> {
  const { models } = await ask(url, "/models", v.object({ models: v.array(v.object({ name: v.string() })) }));
  return models.map(({ name }) => name);
}

/**
 * Asks a service for a model.
 *
 * @param url of the service
 * @param model the registry's id, which the answer is checked against; or a name, for which the service chooses the id
 * @throws Torch2CircomError where manifest and key are not those of the id
 * @example
 * ```ts
 * import { serviceModel } from "torch2circom/client";
 *
 * const prices = async (url: string) => (await serviceModel(url, modelId)).prices;
 * console.log(prices.name);
 * ```
 */
export async function serviceModel(url: string, model: string): Promise<OfferedModel> {
  const described = await ask(url, `/models/${encodeURIComponent(model)}`, modelForm);
  const { id, name, manifest: text, verificationKey, batches, segments } = described;
  const manifest = parseManifest(JSON.stringify(text), `${url}/models/${name}`, "Ask the provider.");
  const isId = model.startsWith("0x");
  const own = modelIdOf(manifest, { key: verificationKey, batches, segments });
  if (own === id && (!isId || id === model.toLowerCase())) return { ...described, manifest, verificationKey };
  throw new Torch2CircomError(
    "KEY_INVALID",
    `What the service describes is not the model ${isId ? model : id}`,
    "Nothing was paid. Ask another provider of this model.",
  );
}
