import { Interface, isError } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { InferenceEscrow__factory } from "../../types/ethers-contracts/factories/InferenceEscrow__factory.js";
import { ModelRegistry__factory } from "../../types/ethers-contracts/factories/ModelRegistry__factory.js";

/** What to do about the contracts' custom errors that a user can cause. */
const REMEDIES: Readonly<Record<string, string>> = {
  UnknownModel: "Register the model first (torch2circom:register).",
  UnsuitableModel: "Register the model first (torch2circom:register), built with a committed input.",
  InvalidProof: "Prove again for this very job and payee, with the key that is registered.",
  InvalidPayee: "Only the provider that the job names can be paid.",
  InvalidStatus: "A job is funded once, and settled once: see torch2circom:status.",
  FulfillmentClosed: "The deadline is over; the client can be refunded (torch2circom:refund).",
  FundingClosed: "Request again with a later deadline.",
  InvalidDeadline: "Choose a deadline within 90 days.",
  RefundNotDue: "Wait for the deadline; before it, only the provider can decline.",
  UnsupportedChain:
    "Choose a chain with the precompiled contracts of EIP-196 and EIP-197; this one cannot check proofs.",
  InvalidClientSignature:
    "The client has to sign the settlement of this very job, for this chain and escrow.",
  InexactTransfer: "Choose a token that moves what it is told to, without a fee.",
  UncontributedKey: "Its setup had no contribution, so anyone could forge proofs: build the model again.",
  BalanceTooLow: "Deposit into the escrow first, or ask for less.",
  ZeroAmount: "Offer an amount above zero.",
};

/** How nodes say that an account has too little, where ethers does not know their words. */
const NO_FUNDS = /insufficient funds|doesn't have enough funds/i;

/** Runs a transaction and turns a contract's refusal into an error that says what to do. */
export async function explainRefusal<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal !== undefined) {
      throw new Torch2CircomError(
        "CONTRACT_REFUSED",
        `The contract refused: ${refusal.signature}`,
        REMEDIES[refusal.name] ?? "See the contract's interface for what this error means.",
        error as Error,
      );
    }
    if (isError(error, "INSUFFICIENT_FUNDS") || NO_FUNDS.test((error as Error).message)) {
      throw new Torch2CircomError(
        "INSUFFICIENT_FUNDS",
        "The account cannot pay for this transaction",
        "Send it native tokens for the amount and for gas, or choose another account (--account).",
        error as Error,
      );
    }
    throw error;
  }
}

/** The custom error in a revert, by name and with its arguments; undefined where the error is something else. */
function refusalOf(error: unknown): { name: string; signature: string } | undefined {
  const data = revertData(error);
  if (data === undefined) return undefined;
  for (const factory of [InferenceEscrow__factory, ModelRegistry__factory]) {
    const parsed = new Interface(factory.abi).parseError(data);
    if (parsed !== null) return { name: parsed.name, signature: `${parsed.name}(${parsed.args.join(", ")})` };
  }
  return undefined;
}

/** Revert data lies at different depths, by node and by provider. */
function revertData(error: unknown): string | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 6 && typeof current === "object" && current !== null; depth++) {
    const { data, error: inner, info, cause } = current as Record<string, unknown>;
    if (typeof data === "string" && data.startsWith("0x") && data.length >= 10) return data;
    if (typeof data === "object" && data !== null) {
      const { data: nested } = data as Record<string, unknown>;
      if (typeof nested === "string" && nested.startsWith("0x")) return nested;
    }
    current = inner ?? info ?? cause;
  }
  return undefined;
}
