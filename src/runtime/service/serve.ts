import { parseUnits, type Provider } from "ethers";
import { modelPaths } from "../../artifacts/paths.js";
import type { Torch2CircomConfig } from "../../config/types.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { loadModel, type BuiltModel } from "../../inference/model.js";
import { Lobby } from "../../service/http/lobby.js";
import { jsonLog } from "../../service/jsonLog.js";
import { untilAnswered } from "../../service/nodes/untilAnswered.js";
import { readPrices } from "../../service/offer/prices.js";
import { offerModel, openShop, type OfferedModel, type Shop } from "../../service/offer/shop.js";
import { startService } from "../../service/running/start.js";
import { serviceState, type KeyedState } from "../../service/state/state.js";
import { checkedAddress } from "../payments/amount.js";
import type { AccountChoice } from "../payments/chain.js";
import { RemoteSigner } from "../payments/remoteSigner.js";
import type { Project } from "../project.js";
import type { ServiceRunning, ServiceServeOptions } from "../types.js";
import { serviceFolder, toStderr } from "./folder.js";
import { connectToSell } from "./shopChain.js";

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
  const models = await Promise.all(
    [...new Set(names)].map((name) => loadModel(modelPaths(config.outDir, name))),
  );
  const lines = jsonLog(log);
  const maxGasPrice = parseUnits(String(options.maxGasPrice ?? 50), "gwei");
  const lobby = new Lobby(options);
  let opened: KeyedState | undefined;
  try {
    const open = () => openedShop(project, models, accountOf(account), options);
    const { shop, nodes } = await untilAnswered(open, lines, () => lobby.open());
    const { chain } = shop;
    const state = (opened = await serviceState(serviceFolder(project)));
    const service = await startService({
      state,
      shop,
      lobby,
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
      log: lines,
    });
    const closing = (work: () => Promise<void>) => () => work().finally(() => state.close());
    return {
      url: service.url,
      isShared: state.isShared,
      close: closing(service.close),
      end: closing(service.end),
    };
  } catch (error) {
    await opened?.close();
    throw error;
  } finally {
    // It is closed already, unless something failed.
    await lobby.close();
  }
}

async function openedShop(
  project: Project,
  builds: readonly BuiltModel[],
  account: AccountChoice,
  options: ServiceServeOptions,
): Promise<{ shop: Shop; nodes: readonly Provider[] }> {
  const { chain, contracts, nodes } = await connectToSell(project, account, options.fallback);
  const models: OfferedModel[] = [];
  for (const build of builds) {
    const configured = project.config.torch2circom.models[build.manifest.name]?.prices;
    const prices = await readPrices(chain, options.prices ?? configured ?? []);
    models.push(await offerModel(chain, contracts, build, prices, options));
  }
  return { shop: await openShop(chain, contracts, models), nodes };
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
