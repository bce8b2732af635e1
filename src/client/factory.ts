import { concat, formatEther, isError, Transaction, type Provider, type Signer } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { isOutOfFunds } from "./errors.js";

/**
 * The deterministic deployment proxy (github.com/Arachnid/deterministic-deployment-proxy): called with `salt ‖ code`,
 * it makes the code's contract by CREATE2. It has no owner and no state, and is on most chains.
 */
export const FACTORY = "0x4e59b44847b379578588920cA78FbF26c0B4956C";

/**
 * Anyone can put the factory on a chain by this transaction: its signature was chosen, so that nobody has the key of
 * the account that it is from, and the factory's address is the same everywhere. It names no chain.
 */
const FACTORY_TRANSACTION = Transaction.from({
  type: 0,
  nonce: 0,
  gasPrice: 10n ** 11n,
  gasLimit: 100_000n,
  data: concat([
    "0x604580600e600039806000f350fe",
    "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0",
    "0x3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3",
  ]),
  signature: { r: `0x${"2".repeat(64)}`, s: `0x${"2".repeat(64)}`, v: 27 },
});

const COST = FACTORY_TRANSACTION.gasPrice! * FACTORY_TRANSACTION.gasLimit;

/** Characters of a node's answer that are shown at most. */
const MOST_SHOWN = 200;

/**
 * Puts the factory on a chain that lacks it. Its account needs money for that, which never comes back: it is sent only if
 * the node would take the transaction, and only if the caller agreed.
 *
 * @param signer pays
 * @param agreed whether the signer's money may be sent to the factory's account
 * @throws Torch2CircomError if the chain does not take the factory, or if nobody agreed to pay for it
 */
export async function makeFactory(signer: Signer, provider: Provider, agreed: boolean): Promise<void> {
  if (await hasFactory(provider)) return;
  await requireAffordableGas(provider);
  if (await offer(provider)) return;
  const { from: to, hash } = FACTORY_TRANSACTION;
  const missing = COST - (await provider.getBalance(to!));
  if (missing > 0n) {
    if (!agreed) throw costs(missing);
    await (await signer.sendTransaction({ to, value: missing })).wait();
  }
  if (await offer(provider)) return;
  throw new Torch2CircomError(
    "CHAIN_UNSUPPORTED",
    `The factory's account ${to} has its money, and the node still says that it has too little for ${hash}`,
    "Run it again: the money that was sent is used then.",
  );
}

/**
 * Offers the transaction to the node.
 *
 * @returns whether it is mined; false where the account has too little money, so that the node would take it otherwise
 * @throws Torch2CircomError where the node refuses it for another reason: no money would help
 */
async function offer(provider: Provider): Promise<boolean> {
  try {
    await (await provider.broadcastTransaction(FACTORY_TRANSACTION.serialized)).wait();
    return true;
  } catch (error) {
    // Somebody else may have been faster.
    if (await hasFactory(provider)) return true;
    if (isOutOfFunds(error)) return false;
    const { message } = error as Error;
    const isProtected = isError(error, "UNSUPPORTED_OPERATION") || /replay-protected|eip-?155/i.test(message);
    throw unsupported(
      isProtected
        ? "its node takes transactions for one chain only (EIP-155)"
        : `its node refuses the transaction that would make it: ${shown(message)}`,
      error as Error,
    );
  }
}

/** The transaction has a fixed price and limit: a chain can be too expensive for it, at times or at all. */
async function requireAffordableGas(provider: Provider): Promise<void> {
  const { gasPrice, gasLimit, data } = FACTORY_TRANSACTION;
  const baseFee = (await provider.getBlock("latest"))?.baseFeePerGas ?? 0n;
  if (baseFee > gasPrice!)
    throw unsupported(
      `a block asks for ${baseFee} wei of base fee per gas, and the transaction that would make it offers ${gasPrice}`,
    );
  const needed = await provider.estimateGas({ data }).catch(() => 0n);
  if (needed > gasLimit)
    throw unsupported(`it would take ${needed} gas, and its transaction has ${gasLimit}`);
}

async function hasFactory(provider: Provider): Promise<boolean> {
  return (await provider.getCode(FACTORY)) !== "0x";
}

function costs(missing: bigint): Torch2CircomError {
  return new Torch2CircomError(
    "CONFIRMATION_MISSING",
    `The chain has no factory at ${FACTORY}; to make it costs ${formatEther(missing)} of the native token, which nobody gets back`,
    "Say that you want to pay it: --fund-factory, or `fundFactory: true`. Nothing was sent.",
  );
}

function unsupported(why: string, cause?: Error): Torch2CircomError {
  return new Torch2CircomError(
    "CHAIN_UNSUPPORTED",
    `The chain has no factory at ${FACTORY}, and ${why}`,
    "Ask the chain's operators for the deterministic deployment proxy, or deploy by Ignition " +
      "(torch2circom/ignition), at addresses of this chain's own.",
    cause,
  );
}

/** A node may answer anything. */
function shown(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, " ").slice(0, MOST_SHOWN);
}
