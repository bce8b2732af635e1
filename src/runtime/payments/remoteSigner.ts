import {
  AbstractSigner,
  FetchRequest,
  getAddress,
  isAddress,
  JsonRpcProvider,
  resolveAddress,
  toQuantity,
  Transaction,
  TypedDataEncoder,
  verifyTypedData,
  type Provider,
  type TransactionLike,
  type TransactionRequest,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Network } from "./chain.js";

/** Milliseconds for one signature. */
const TIMEOUT = 20_000;

/** Of EIP-712 data: as most signers name it, and as Web3Signer does. */
const TYPED_DATA = ["eth_signTypedData_v4", "eth_signTypedData"];

/**
 * An account whose key a signer keeps that speaks JSON-RPC, such as Web3Signer or Clef: `eth_accounts`, `eth_signTransaction`,
 * `eth_signTypedData`. Nothing of what it signs is taken on its word: another transaction, or another account's signature, is
 * refused.
 */
export class RemoteSigner extends AbstractSigner {
  private constructor(
    private readonly remote: JsonRpcProvider,
    private readonly address: string,
    provider: Provider | null,
  ) {
    super(provider);
  }

  /**
   * @param url of the signer; it is never shown, since it may hold a secret
   * @param account number of the account in its list, or its address
   * @param chain that transactions are for
   * @throws Torch2CircomError where the signer does not answer, or has no such account
   */
  static async open(url: string, account: number | string, chain: Network): Promise<RemoteSigner> {
    const request = requestTo(url);
    const remote = new JsonRpcProvider(request, chain.id, { staticNetwork: true, batchMaxCount: 1 });
    const addresses = await ask(remote, "eth_accounts", []);
    const all = Array.isArray(addresses) ? addresses.filter(isAddress).map((one) => getAddress(one)) : [];
    const found = all.find((address, i) => account === i || account === address);
    if (found !== undefined) return new RemoteSigner(remote, found, chain.connection.ethers.provider);
    throw new Torch2CircomError(
      "ACCOUNT_MISSING",
      `The signer has ${all.length} accounts, none ${typeof account === "string" ? account : `with number ${account}`}`,
      "Choose another with --account, or give the signer the key.",
    );
  }

  getAddress(): Promise<string> {
    return Promise.resolve(this.address);
  }

  connect(provider: Provider | null): RemoteSigner {
    return new RemoteSigner(this.remote, this.address, provider);
  }

  async signTransaction(request: TransactionRequest): Promise<string> {
    const to = request.to === null || request.to === undefined ? undefined : await resolveAddress(request.to);
    const wanted = Transaction.from({ ...request, from: undefined, to } as TransactionLike<string>);
    const answer = await ask(this.remote, "eth_signTransaction", [textOf(wanted, this.address)]);
    // Clef and geth answer with an object, others with the bytes alone.
    const raw = typeof answer === "string" ? answer : (answer as { raw?: unknown } | null)?.raw;
    const signed = transactionOf(raw);
    if (signed?.from !== this.address || signed.unsignedHash !== wanted.unsignedHash)
      throw wrong("signed another transaction than it was given");
    return signed.serialized;
  }

  async signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    const payload = TypedDataEncoder.getPayload(domain, types, value) as object;
    for (const method of TYPED_DATA) {
      const signature = await ask(this.remote, method, [this.address, payload]).catch((error: unknown) => {
        if (method === TYPED_DATA.at(-1)) throw error;
      });
      if (signature === undefined) continue;
      if (signs(() => verifyTypedData(domain, types, value, String(signature)), this.address))
        return String(signature);
      throw wrong("gave a signature that is not the account's");
    }
    throw wrong("signs no EIP-712 data");
  }

  signMessage(): never {
    throw wrong("is asked for transactions and EIP-712 data alone");
  }
}

function requestTo(url: string): FetchRequest {
  const request = new FetchRequest(url);
  request.timeout = TIMEOUT;
  return request;
}

async function ask(remote: JsonRpcProvider, method: string, params: unknown[]): Promise<unknown> {
  try {
    return (await remote.send(method, params)) as unknown;
  } catch (error) {
    // Its text and its cause may hold the URL.
    const { code } = error as { code?: unknown };
    throw new Torch2CircomError(
      "NETWORK_UNREACHABLE",
      `The signer does not do ${method} (${typeof code === "string" ? code : "no answer"})`,
      "Check TORCH2CIRCOM_SIGNER_URL, that it runs, and that it may sign for this account and chain.",
    );
  }
}

function textOf(wanted: Transaction, from: string): object {
  const { to, data, type, nonce, gasLimit, value, chainId, maxFeePerGas, maxPriorityFeePerGas, gasPrice } =
    wanted;
  const numbers = {
    ...{ type, nonce, gas: gasLimit, value, chainId },
    ...(type === 2 ? { maxFeePerGas, maxPriorityFeePerGas } : { gasPrice }),
  };
  const quantities = Object.entries(numbers).map(([name, number]) => [name, toQuantity(number ?? 0)]);
  return { from, to, data, ...(Object.fromEntries(quantities) as object) };
}

function transactionOf(raw: unknown): Transaction | undefined {
  try {
    return Transaction.from(String(raw));
  } catch {
    return undefined;
  }
}

function signs(recover: () => string, address: string): boolean {
  try {
    return recover() === address;
  } catch {
    return false;
  }
}

function wrong(problem: string): Torch2CircomError {
  return new Torch2CircomError(
    "NETWORK_UNREACHABLE",
    `The signer ${problem}`,
    "Use one that signs what it is given, such as Web3Signer.",
  );
}
