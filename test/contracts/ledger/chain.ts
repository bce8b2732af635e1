import { dataSlice, Interface, Result, toQuantity, ZeroAddress } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import {
  IInferenceEscrow__factory,
  IModelRegistry__factory,
  InferenceEscrow__factory,
  Puppet__factory,
} from "../../../types/ethers-contracts/index.js";
import { type Call, type Event, type Job, jobIdOf, type Reason } from "./calls.js";
import type { Encoder } from "./encode.js";

/** What a call did on the chain; the reason has all of its arguments. */
export type Actual =
  { readonly ok: true; readonly events: readonly Event[] } | { readonly ok: false; readonly reason: Reason };

const GAS = { ample: toQuantity(12_000_000), short: toQuantity(1_500_000) };

const TOKEN = new Interface([
  "error ERC20InsufficientBalance(address,uint256,uint256)",
  "error ERC20InsufficientAllowance(address,uint256,uint256)",
  "error ERC3009InvalidSignature()",
  "error ERC3009InvalidAuthorizationTime(uint256,uint256)",
  "error ERC3009UsedAuthorization(address,bytes32)",
  "error TooLittle()",
  "error Blocked(address)",
  "error NotZeroFirst()",
  "function balanceOf(address) view returns (uint256)",
]);
const ESCROW = InferenceEscrow__factory.createInterface();
const REGISTRY = IModelRegistry__factory.createInterface();
const PUPPET = Puppet__factory.createInterface();
const EVENTS = IInferenceEscrow__factory.createInterface();

/** The contracts, called without anything between: one block for each call. */
export class ChainSide {
  constructor(
    private readonly provider: NetworkConnection["provider"],
    private readonly escrow: string,
    private readonly encoder: Encoder,
  ) {}

  request(method: string, ...params: unknown[]): Promise<unknown> {
    return this.provider.request({ method, params });
  }

  /** Sends a call, in a block at this second. */
  async apply({ sender, via, value, gas, action }: Call, now: bigint): Promise<Actual> {
    const [target, data] = await this.encoder.encode(action);
    const [to, sent] =
      via === undefined ? [target, data] : [via, PUPPET.encodeFunctionData("act", [target, value, data])];
    const transaction = {
      from: sender,
      to,
      data: sent,
      value: toQuantity(value),
      gas: GAS[gas],
      gasPrice: "0x0",
    };
    await this.request("evm_setNextBlockTimestamp", Number(now));
    try {
      const hash = await this.request("eth_sendTransaction", transaction);
      const { logs } = (await this.request("eth_getTransactionReceipt", hash)) as { logs: Log[] };
      return { ok: true, events: logs.flatMap((log) => this.eventOf(log)) };
    } catch (error) {
      const { data } = error as { data?: string };
      if (data === undefined) throw error;
      return { ok: false, reason: reasonOf(data) };
    }
  }

  async read(to: string, data: string): Promise<bigint> {
    const words = (await this.request("eth_call", { to, data }, "latest")) as string;
    return BigInt(dataSlice(words, 0, 32));
  }

  holding(token: string, account: string): Promise<bigint> {
    if (token !== ZeroAddress) return this.read(token, TOKEN.encodeFunctionData("balanceOf", [account]));
    return this.request("eth_getBalance", account, "latest").then((coins) => BigInt(coins as string));
  }

  balance(account: string, token: string): Promise<bigint> {
    return this.read(this.escrow, ESCROW.encodeFunctionData("balanceOf", [account, token]));
  }

  /** The status, and the result's hash of 31 bytes. */
  async state(job: Job): Promise<[status: bigint, result: bigint]> {
    const data = ESCROW.encodeFunctionData("jobState", [jobIdOf(job)]);
    const words = (await this.request("eth_call", { to: this.escrow, data }, "latest")) as string;
    return [BigInt(dataSlice(words, 0, 32)), BigInt(dataSlice(words, 32, 63))];
  }

  /** What the last act of a puppet was refused for, if it was. */
  async refusalOf(puppet: string): Promise<Reason | undefined> {
    if ((await this.read(puppet, PUPPET.encodeFunctionData("acted"))) === 1n) return undefined;
    const call = { to: puppet, data: PUPPET.encodeFunctionData("returned") };
    const returned = (await this.request("eth_call", call, "latest")) as string;
    return reasonOf(PUPPET.decodeFunctionResult("returned", returned)[0] as string);
  }

  private eventOf({ address, topics, data }: Log): Event[] {
    if (address.toLowerCase() !== this.escrow.toLowerCase()) return [];
    const { name, args } = EVENTS.parseLog({ topics, data })!;
    const plain = (args.toArray() as unknown[]).map((part) =>
      part instanceof Result ? (part.toArray() as unknown[]) : part,
    );
    if (name === "Requested") plain[2] = (plain[2] as unknown[]).join(" ");
    return [{ name, args: plain }];
  }
}

interface Log {
  readonly address: string;
  readonly topics: string[];
  readonly data: string;
}

/** Every error that the parts of the system know, in the order of who says it. */
function reasonOf(data: string): Reason {
  if (data === "0x") return { name: "", args: [] };
  for (const errors of [ESCROW, REGISTRY, PUPPET, TOKEN]) {
    const parsed = errors.parseError(data);
    if (parsed !== null) return { name: parsed.name, args: parsed.args.toArray() };
  }
  return { name: data, args: [] };
}
