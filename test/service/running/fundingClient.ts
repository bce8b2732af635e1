import { setTimeout as wait } from "node:timers/promises";
import { keccak256, MaxUint256, Wallet, type TransactionRequest } from "ethers";
import {
  inputCommitment,
  jobIdOf,
  jobTerms,
  quantizeSample,
  randomSalt,
  type FundedJob,
} from "../../../src/client/index.js";
import { KEYS } from "../../helpers/anvil.js";
import type { Market } from "./market.js";

/** Gas and fees that suffice for all that it sends. */
const FEES = { gasLimit: 500_000n, maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 9n, type: 2 };

/** A client that funds jobs by transactions of its own, on a chain that loses them. */
export class FundingClient {
  private constructor(
    private readonly market: Market,
    private readonly wallet: Wallet,
    private readonly confirmations: number,
    private nonce: number,
  ) {}

  /** A client with tokens. @param confirmations blocks on top of a transaction until it is done */
  static async open(market: Market, confirmations: number): Promise<FundingClient> {
    const { node, token, shop } = market;
    const wallet = new Wallet(KEYS[0], node);
    const own = new FundingClient(market, wallet, confirmations, await wallet.getNonce());
    await own.send(await token.mint.populateTransaction(wallet.address, 10n ** 24n));
    await own.send(await token.approve.populateTransaction(shop.escrow, MaxUint256));
    return own;
  }

  get address(): string {
    return this.wallet.address;
  }

  /** Funds a job at the price of the shop, for its provider alone. @param seconds until its deadline, by the chain's clock */
  async fund(values: readonly number[], seconds: number): Promise<FundedJob> {
    const { shop } = this.market;
    const [{ id: modelId, model, prices }] = shop.models;
    const { manifest } = model;
    const integers = quantizeSample(manifest, { [manifest.inputs[0].name]: values });
    const salt = randomSalt();
    const commitment = inputCommitment(manifest, integers, salt);
    const [{ token, amount }] = prices;
    const terms = { modelId, inputCommitment: commitment, provider: shop.provider, token, amount, seconds };
    const job = await jobTerms(this.wallet, terms);
    await this.send(await shop.contracts.escrow.request.populateTransaction(job, "0x"));
    const { chain, escrow } = shop;
    const input = { integers, salt, commitment };
    return { jobId: jobIdOf(job), model: manifest.name, chainId: chain.id, escrow, job, input };
  }

  /** Signs a transaction once, and sends it until it is final. */
  private async send(request: TransactionRequest): Promise<void> {
    const { node } = this.market;
    const { chainId } = await node.getNetwork();
    const raw = await this.wallet.signTransaction({ ...request, ...FEES, chainId, nonce: this.nonce++ });
    const hash = keccak256(raw);
    for (;;) {
      // The node may have it already.
      await node.broadcastTransaction(raw).catch(() => undefined);
      await wait(1000);
      const receipt = await node.getTransactionReceipt(hash);
      if (receipt === null || receipt.blockNumber + this.confirmations > (await node.getBlockNumber()))
        continue;
      if (receipt.status !== 1) throw new Error(`a transaction of the client reverted: ${hash}`);
      return;
    }
  }
}
