import { parseUnits } from "ethers";
import { modelPaths } from "../../artifacts/paths.js";
import type { Torch2CircomConfig } from "../../config/types.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { loadModel } from "../../inference/model.js";
import { jsonLog } from "../../service/jsonLog.js";
import { readPrices } from "../../service/offer/prices.js";
import { offerModel, openShop, type OfferedModel } from "../../service/offer/shop.js";
import { startService } from "../../service/running/start.js";
import { serviceState } from "../../service/state/state.js";
import { checkedAddress } from "../payments/amount.js";
import type { AccountChoice } from "../payments/chain.js";
import { connectToContracts } from "../payments/deployments.js";
import { RemoteSigner } from "../payments/remoteSigner.js";
import type { Project } from "../project.js";
import type { ServiceRunning, ServiceServeOptions } from "../types.js";
import { withFallback } from "./fallback.js";
import { serviceFolder, toStderr } from "./folder.js";

/** Times the dearest gas that settlements wait for is paid where a deadline is near. */
const URGENT = 10n;

/** Sells answers of builds. */
export async function serve(
  project: Project,
  names: readonly string[],
  options: ServiceServeOptions,
): Promise<ServiceRunning> {
  requireNumbers(options);
  const { log = toStderr, account = 0, withdrawEvery = 24 } = options;
  const withdrawTo =
    options.withdrawTo === undefined ? undefined : checkedAddress(options.withdrawTo, "withdrawTo");
  const config = project.config.torch2circom;
  const operatorToken = await tokenOf(config);
  const connected = await connectToContracts(project, accountOf(account));
  if (connected.chain.isInProcess)
    throw new Torch2CircomError(
      "CHAIN_UNSUPPORTED",
      "The service cannot sell on a chain inside this process, which no client reaches",
      "Choose a network: --network <name>.",
    );
  const { chain, contracts, nodes } = await withFallback(project, connected, options.fallback);
  const models: OfferedModel[] = [];
  for (const name of new Set(names)) {
    const model = await loadModel(modelPaths(config.outDir, name));
    const texts = options.prices ?? config.models[name]?.prices ?? [];
    const prices = await readPrices(chain, texts);
    models.push(await offerModel(chain, contracts, model, prices, options));
  }
  const shop = await openShop(chain, contracts, models);
  const state = await serviceState(serviceFolder(project));
  const maxGasPrice = parseUnits(String(options.maxGasPrice ?? 50), "gwei");
  try {
    const service = await startService({
      state,
      shop,
      provider: chain.signer.provider!,
      wallet: chain.signer,
      config,
      provers: options.provers,
      host: options.host,
      port: options.port,
      http: {
        perMinute: options.perMinute,
        trustedProxies: options.trustedProxies,
        operatorToken,
        pages: options.pages,
      },
      settling: { most: options.batch, wait: options.wait },
      withdrawing: { every: withdrawEvery === 0 ? undefined : 3600 * withdrawEvery, to: withdrawTo },
      ledger: {
        maxGasPrice,
        mostFee: URGENT * maxGasPrice,
        confirmations: options.confirmations ?? (chain.isLocal ? 1 : undefined),
        adoptNonce: options.adoptNonce,
      },
      watching: { nodes, fromBlock: options.fromBlock },
      mostSeconds: options.promise,
      keepInputs: options.keepInputs === undefined ? undefined : 3600 * options.keepInputs,
      log: jsonLog(log),
    });
    const closing = (work: () => Promise<void>) => () => work().finally(() => state.close());
    return {
      url: service.url,
      isShared: state.isShared,
      close: closing(service.close),
      end: closing(service.end),
    };
  } catch (error) {
    await state.close();
    throw error;
  }
}

/** The network's account, or that of a signer which keeps the key. */
function accountOf(account: number): AccountChoice {
  const { TORCH2CIRCOM_SIGNER_URL: url } = process.env;
  return url === undefined || url === "" ? account : (chain) => RemoteSigner.open(url, account, chain);
}

/** Who guesses it sees the books, so it is long. */
async function tokenOf({ operatorToken }: Torch2CircomConfig): Promise<string | undefined> {
  const token = await operatorToken?.get();
  if (token === undefined || token.length >= LEAST_TOKEN) return token;
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `operatorToken has ${token.length} characters, and somebody could guess it`,
    `Give ${LEAST_TOKEN} or more: openssl rand -hex 32`,
  );
}

const LEAST_TOKEN = 32;

const BOUNDS = {
  port: [0, 65_535],
  perMinute: [1, 1_000_000],
  provers: [0, 64],
  batch: [1, 64],
  wait: [0, 86_400],
  promise: [1, 1_000_000],
  confirmations: [1, 1000],
  maxGasPrice: [1, 1_000_000],
  withdrawEvery: [0, 100_000],
  keepInputs: [0, 100_000],
  fromBlock: [0, 2 ** 48],
} as const;

function requireNumbers(options: ServiceServeOptions): void {
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value = options[name as keyof typeof BOUNDS];
    if (value === undefined || (value >= least && value <= most)) continue;
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `${name} is ${value}`,
      `Give a number from ${least} to ${most}.`,
    );
  }
}
