import { keccak256, type Provider, type Signer, type TransactionRequest } from "ethers";
import { explainRefusal } from "./errors.js";
import { isAnswerOfNode } from "./nodeErrors.js";
import { waitUntilMined, type Outgoing, type Receipt, type WaitOptions } from "./waiting.js";

export type { Outgoing, Receipt } from "./waiting.js";

/** How a transaction is sent, and how it is waited for. */
export interface SendOptions extends WaitOptions {
  /**
   * Called before the transaction leaves, and again if its hash is known only then. Nothing is sent before the promise is
   * kept: what it writes survives whatever happens next.
   */
  readonly onSending?: (transaction: Outgoing) => Promise<void> | void;
  /** Takes the place of this transaction, if it is to the same contract: the same nonce, and a higher fee. */
  readonly replaces?: Outgoing;
}

/** What ethers returns for a transaction that was sent. */
export interface Sent {
  readonly hash: string;
  readonly from: string;
  readonly to: string | null;
  readonly nonce: number;
  readonly provider: Provider;
}

/** Waits for a transaction that `call` sends, and explains a refusal by a contract. */
export async function send(call: () => Promise<Sent>, options: WaitOptions = {}): Promise<Receipt> {
  return explainRefusal(async () => {
    const { provider, hash, from, to, nonce } = await call();
    return waitUntilMined(provider, { hash, from, to: to!, nonce }, options);
  });
}

/**
 * Signs a transaction, tells of it, sends it, waits for it, and explains a refusal by a contract. An answer of the node
 * that got lost on its way is no failure: the transaction may well be mined.
 *
 * @param request what is to be sent, without nonce and fees
 */
export async function transact(
  signer: Signer,
  request: TransactionRequest,
  options: SendOptions = {},
): Promise<Receipt> {
  const provider = signer.provider!;
  return explainRefusal(async () => {
    const [from, to] = [await signer.getAddress(), String(request.to)];
    const replaces = options.replaces?.to === to ? options.replaces : undefined;
    const nonce = replaces?.nonce ?? (await provider.getTransactionCount(from, "pending"));
    const instead = replaces && (await replacement(provider, replaces));
    const whole = await signer.populateTransaction({ ...request, from, nonce, ...instead });
    const sent = await leave(signer, whole, { from, to, nonce }, options);
    return waitUntilMined(provider, sent, options);
  });
}

/** Some signers hand a transaction on to a node or a wallet, and return its hash at once. */
interface UncheckedSigner {
  readonly sendUncheckedTransaction?: (transaction: TransactionRequest) => Promise<string>;
}

async function leave(
  signer: Signer,
  request: TransactionRequest,
  outgoing: Outgoing,
  { onSending, onWait }: SendOptions,
): Promise<Outgoing> {
  const unchecked = (signer as UncheckedSigner).sendUncheckedTransaction?.bind(signer);
  const raw = unchecked === undefined ? await signed(signer, request) : undefined;
  const known = raw === undefined ? outgoing : { ...outgoing, hash: keccak256(raw) };
  await onSending?.(known);
  try {
    if (raw !== undefined) {
      await signer.provider!.broadcastTransaction(raw);
      return known;
    }
    const hash = await (unchecked?.(request) ?? signer.sendTransaction(request).then((sent) => sent.hash));
    await onSending?.({ ...known, hash });
    return { ...known, hash };
  } catch (error) {
    if (isAnswerOfNode(error) && !IS_THERE.test((error as Error).message)) throw error;
    onWait?.(
      `The node's answer got lost (${(error as Error).message.slice(0, 200)}); the transaction may be sent`,
    );
    return known;
  }
}

/** How nodes say that they have a transaction already. */
const IS_THERE = /already known|already imported|known transaction/i;

/** Undefined where the signer cannot sign without sending. */
async function signed(signer: Signer, request: TransactionRequest): Promise<string | undefined> {
  try {
    return await signer.signTransaction(request);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ACTION_REJECTED") throw error;
    return undefined;
  }
}

/**
 * Nodes replace a transaction by one whose fees are higher by an eighth. Its gas is that of the first: some nodes estimate
 * on a state in which the first has been done.
 */
async function replacement(provider: Provider, { hash }: Outgoing): Promise<TransactionRequest> {
  const [now, old] = await Promise.all([
    provider.getFeeData(),
    hash === undefined ? null : provider.getTransaction(hash),
  ]);
  const higher = (fee: bigint | null | undefined, current: bigint | null) => {
    const raised = ((fee ?? current ?? 0n) * 9n) / 8n + 1n;
    return current !== null && current > raised ? current : raised;
  };
  const gas = old === null ? {} : { gasLimit: old.gasLimit };
  if (now.maxFeePerGas === null || (old !== null && old.maxFeePerGas === null))
    return { ...gas, gasPrice: higher(old?.gasPrice, now.gasPrice) };
  return {
    ...gas,
    maxFeePerGas: higher(old?.maxFeePerGas, now.maxFeePerGas),
    maxPriorityFeePerGas: higher(old?.maxPriorityFeePerGas, now.maxPriorityFeePerGas),
  };
}
