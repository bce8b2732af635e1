import { NonceManager, Wallet, type Signer } from "ethers";
import {
  contractsAt,
  jobState,
  orderInference,
  payPurchase,
  refundJob,
  requestInference,
  serviceModel,
  type Contracts,
} from "../../../src/client/index.js";
import { KEYS } from "../../helpers/anvil.js";
import type { Market } from "./market.js";

const INPUT = { x: [0.1, 0.2, 0.3, 0.4] };

/** Ids of jobs of a market, by what became of them. */
export interface Jobs {
  /** Bought from the service. */
  readonly settled: string;
  /** Bought from the service, which has no prover any more. */
  readonly open: string;
  /** Of the last two, the service has no row: their client has funded them by itself, for anybody. */
  readonly refunded: string;
  readonly overdue: string;
}

/** Makes a job of each kind, and two whose client has money for one, so that a payment fails. It ends the prover. */
export async function makeJobs(market: Market): Promise<Jobs> {
  const { service, devnet, node, token } = market;
  const { url } = service;
  const client = new NonceManager(new Wallet(KEYS[1], node));
  const model = await serviceModel(url, "iris");
  const { id: modelId, registry, escrow } = model;
  const contracts = await contractsAt({ registry, escrow }, client);
  const order = (signer: Signer = client) => orderInference(signer, { url, model: "iris", input: INPUT });

  const settled = (await order()).purchase;
  await payPurchase(contracts, client, settled);
  await comesTo(contracts, "fulfilled", [settled.jobId]);
  // Without a prover, nothing more is offered.
  const open = (await order()).purchase;
  const poor = new Wallet(Wallet.createRandom().privateKey, node);
  await (await token.connect(client).getFunction("transfer")(poor.address, 15n * 10n ** 17n)).wait();
  const two = [await order(poor), await order(poor)].map(({ purchase }) => purchase);
  await market.endProver();
  await payPurchase(contracts, client, open);
  await Promise.all(two.map((one) => payPurchase(contracts, poor, one)));
  await comesTo(
    contracts,
    "funded",
    two.map(({ jobId }) => jobId),
  );

  const request = { modelId, amount: 10n ** 15n, seconds: 600 };
  const refunded = await requestInference(contracts, client, { ...request, inputCommitment: 1n });
  const overdue = await requestInference(contracts, client, { ...request, inputCommitment: 2n });
  await devnet.anvil.send("evm_increaseTime", 700);
  await devnet.anvil.send("evm_mine");
  await refundJob(contracts, client, refunded.job);
  return {
    settled: settled.jobId,
    open: open.jobId,
    refunded: refunded.jobId,
    overdue: overdue.jobId,
  };
}

/** Waits until one of some jobs has come to a state. */
async function comesTo(contracts: Contracts, wanted: string, jobIds: readonly string[]): Promise<void> {
  for (;;) {
    for (const id of jobIds) if ((await jobState(contracts, id)).status === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
