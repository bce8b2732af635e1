import { TypedDataEncoder, Wallet, type JsonRpcProvider, type TransactionRequest } from "ethers";
import type { BrowserContext, Page } from "playwright-core";

type Request = { readonly method: string; readonly params?: readonly unknown[] };

/** A wallet that speaks EIP-6963 and EIP-1193, and signs with a key of its own: it does what its owner would. */
export class TestWallet {
  /** Shown to the page. */
  chainId = 31337n;
  /** Whether its owner denies the next signature. */
  isDenying = false;
  /** What its node answers to a call, instead of the truth; undefined for the truth. */
  lieOfCall?: (data: string) => string | undefined;
  /** What it was asked to sign. */
  readonly signed: string[] = [];
  /** What it was asked for, by method. */
  readonly asked: string[] = [];
  private isConnected = false;
  private key: Wallet;

  constructor(
    key: string,
    private readonly node: JsonRpcProvider,
  ) {
    this.key = new Wallet(key, node);
  }

  /** Its owner chooses another account; the page is told. */
  async changeAccount(page: Page, key: string): Promise<void> {
    this.key = new Wallet(key, this.node);
    await page.evaluate(`window.testWalletTells("accountsChanged", ["${this.key.address}"])`);
  }

  /** Its owner chooses another chain; the page is told. */
  async changeChain(page: Page, chainId: bigint): Promise<void> {
    this.chainId = chainId;
    await page.evaluate(`window.testWalletTells("chainChanged", "0x${chainId.toString(16)}")`);
  }

  /** Puts it into all pages of a context. */
  async install(context: BrowserContext): Promise<void> {
    await context.exposeFunction("testWallet", async (request: Request) =>
      this.answer(request).then(
        (result) => ({ result }),
        ({ code, message }: { code?: unknown; message: string }) => ({
          error: { code: typeof code === "number" ? code : -32603, message },
        }),
      ),
    );
    await context.addInitScript(ANNOUNCE);
  }

  private async answer({ method, params = [] }: Request): Promise<unknown> {
    const { address } = this.key;
    this.asked.push(method);
    switch (method) {
      case "eth_requestAccounts":
        this.isConnected = true;
        return [address];
      case "eth_accounts":
        return this.isConnected ? [address] : [];
      case "eth_chainId":
        return `0x${this.chainId.toString(16)}`;
      case "wallet_switchEthereumChain":
        this.chainId = BigInt((params[0] as { chainId: string }).chainId);
        return null;
      case "eth_signTypedData_v4":
        return this.sign(JSON.parse(params[1] as string) as TypedData);
      case "eth_sendTransaction":
        this.ask("a transaction");
        return (await this.key.sendTransaction(transactionOf(params[0] as Record<string, string>))).hash;
      case "eth_signTransaction":
        throw Object.assign(new Error("unsupported method"), { code: 4200 });
      case "eth_call": {
        const lie = this.lieOfCall?.((params[0] as { data: string }).data);
        return lie ?? this.node.send(method, [...params]);
      }
      default:
        return this.node.send(method, [...params]);
    }
  }

  private async sign({ domain, types, message, primaryType }: TypedData): Promise<string> {
    this.ask(primaryType);
    const own = Object.fromEntries(Object.entries(types).filter(([name]) => name !== "EIP712Domain"));
    if (TypedDataEncoder.from(own).primaryType !== primaryType) throw new Error("another primary type");
    return this.key.signTypedData(domain, own, message);
  }

  private ask(what: string): void {
    if (this.isDenying) throw Object.assign(new Error("User rejected the request."), { code: 4001 });
    this.signed.push(what);
  }
}

interface TypedData {
  readonly domain: Record<string, string>;
  readonly types: Record<string, { name: string; type: string }[]>;
  readonly message: Record<string, unknown>;
  readonly primaryType: string;
}

function transactionOf({ gas, ...request }: Record<string, string>): TransactionRequest {
  return { ...request, nonce: undefined, ...(gas !== undefined && { gasLimit: gas }) };
}

const ANNOUNCE = `
  const listeners = new Set();
  const provider = {
    request: async (request) => {
      const { result, error } = await window.testWallet(request);
      if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
      return result;
    },
    on: (event, listener) => listeners.add([event, listener]),
    removeListener: (event, listener) => {
      for (const one of listeners) if (one[0] === event && one[1] === listener) listeners.delete(one);
    },
  };
  window.testWalletTells = (event, value) => {
    for (const [of, listener] of [...listeners]) if (of === event) listener(value);
  };
  const info = { uuid: "5f0f6a9c-6a3f-4f6e-9c1d-000000000001", name: "Test wallet", rdns: "org.example.test", icon: "" };
  const announce = () =>
    window.dispatchEvent(
      new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }),
    );
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
`;
