import type { Contracts } from "../../client/contracts.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { HttpError } from "../../errors/httpError.js";
import type { BuiltModel } from "../../inference/model.js";
import type { Chain } from "../../runtime/payments/chain.js";
import { requireSafeKey } from "../../client/safeKey.js";
import { modelIdOfBuild } from "../../runtime/payments/modelId.js";
import { publishedBundle, type PublishedBundle } from "./bundles.js";
import type { Price } from "./prices.js";

/** A model whose answers are sold. */
export interface OfferedModel {
  /** The registry's id. */
  readonly id: string;
  readonly model: BuiltModel;
  readonly prices: readonly Price[];
  /**
   * Whether its clients may pay in the transaction that settles: nobody can read the answer before it is final, so that nothing
   * is won by taking the payment back.
   */
  readonly oneStep: boolean;
  /** What anybody may download to audit it; undefined where nothing is published. */
  readonly bundle?: PublishedBundle;
}

/** Where the seller decides. */
export interface OfferOptions {
  /** Sell under a key that one contributor alone has made, on a public chain. @default false */
  readonly allowSingleContributor?: boolean;
  /** The chain has no public pool, or transactions take a private way to it: no answer is read before it is final. @default false */
  readonly noPublicPool?: boolean;
  /** Folder with bundles of models that are published, `<name>.tgz`. @default nothing is published */
  readonly bundles?: string;
}

/** What a provider sells, and where it is paid. */
export interface Shop {
  readonly chain: Chain;
  readonly contracts: Contracts;
  readonly escrow: string;
  /** Address that signs offers, and that payments are credited to. */
  readonly provider: string;
  readonly models: readonly OfferedModel[];
}

/** A shop whose provider is the account of a chain. */
export async function openShop(
  chain: Chain,
  contracts: Contracts,
  models: readonly OfferedModel[],
): Promise<Shop> {
  const [escrow, provider] = [await contracts.escrow.getAddress(), await chain.signer.getAddress()];
  return { chain, contracts, escrow, provider, models };
}

/**
 * A model as it can be sold: with prices, a key that nobody else could forge with, inputs that are committed to, and
 * registered on the chain.
 *
 * @throws Torch2CircomError with what is missing
 */
export async function offerModel(
  chain: Chain,
  { registry }: Contracts,
  model: BuiltModel,
  prices: readonly Price[],
  { allowSingleContributor, noPublicPool = false, bundles }: OfferOptions = {},
): Promise<OfferedModel> {
  const { name, inputMode, outputMode } = model.manifest;
  if (prices.length === 0)
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `"${name}" has no price`,
      `Write one into the configuration, models: { ${name}: { prices: ["0.001"] } }, or give --price.`,
    );
  requireSafeKey(chain, model.manifest, allowSingleContributor);
  if (inputMode === "public")
    throw new Torch2CircomError(
      "INPUT_MODE_UNSUPPORTED",
      `"${name}" shows its inputs, and the escrow pays for committed ones`,
      "Build with --input committed.",
    );
  const id = modelIdOfBuild(model);
  if ((await registry.signalCount(id)) === 0n)
    throw new Torch2CircomError(
      "NOT_DEPLOYED",
      `"${name}" is not registered on the network "${chain.network}"`,
      `Register it: npx hardhat torch2circom:register ${name} --network ${chain.network}`,
    );
  const bundle =
    bundles === undefined ? undefined : await publishedBundle(bundles, name, model.paths.manifest);
  return { id, model, prices, oneStep: noPublicPool || outputMode === "committed", bundle };
}

/** A model of a shop, by the registry's id or by the build's name. */
export function modelOf({ models }: Shop, idOrName: string): OfferedModel {
  const found = models.find(({ id, model }) => id === idOrName || model.manifest.name === idOrName);
  if (found !== undefined) return found;
  throw new HttpError(404, "This model is not sold here", "See the models under /models.", "MODEL_NOT_FOUND");
}
