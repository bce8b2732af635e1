import { concat, dataSlice, toBeHex, toQuantity, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";
import { encodePipeline, type Pipeline } from "../../../src/client/pipelineKeys.js";
import { ChainSide } from "./chain.js";
import { Encoder, KEYS } from "./encode.js";
import { Ledger } from "./ledger.js";
import { encodeKey } from "../helpers/fixture.js";
import { verificationKeyOf } from "./prover.js";
import { batchKeyOf, type Habit, type Model, segmentKeyOf, type World } from "./world.js";

const MAX = 2n ** 256n - 1n;
const START = 2_000_000_000n;
const COINS = 10n ** 30n;
/** What every account and puppet has of every token. */
const TOKENS = 10n ** 6n;

const CONTRACTS: readonly (readonly [name: string, habit: Habit])[] = [
  ["BytesToken", "authorizing"],
  ["StrictToken", "strict"],
  ["LyingToken", "lying"],
  ["FeeToken", "fee"],
  ["HookToken", "hook"],
  ["RebasingToken", "rebasing"],
  ["AcceptingToken", "accepting"],
];

const MODELS: readonly Model[] = [
  { key: "A", signals: 3, batches: [2, 4] },
  { key: "A", signals: 3, batches: [] },
  { key: "B", signals: 4, batches: [2] },
  { key: "D", signals: 3, batches: [], segments: [0, 1, 2, 1, 3] },
  { key: "C", signals: 2, batches: [] },
];

/** What calls are tried on: the contracts, and how to put them and a new ledger back to the start. */
export interface System {
  readonly world: World;
  readonly chain: ChainSide;
  reset(): Promise<Ledger>;
}

function pipelineOf(key: string, outputs: number, segments: readonly number[]): Pipeline {
  const last = Math.max(...segments);
  const keys = Array.from({ length: last + 1 }, (_, i) =>
    verificationKeyOf(segmentKeyOf(key, i), i === 0 ? 3 : i === last ? outputs + 1 : 2),
  );
  return { keys, segments };
}

/** A chain of its own without fees, so that coins can be counted, with the escrow, tokens of all habits and puppets. */
export async function makeSystem(): Promise<System> {
  const { ethers, provider } = await network.create({ override: { initialBaseFeePerGas: 0 } });
  const request = (method: string, ...params: unknown[]) => provider.request({ method, params });
  const accounts = [...KEYS.keys()];
  for (const account of accounts) {
    await request("hardhat_impersonateAccount", account);
    await request("hardhat_setBalance", account, toQuantity(COINS));
  }
  const registry = await ethers.deployContract("ModelRegistry");
  const escrow = await ethers.deployContract("InferenceEscrow", [registry]);
  const signer = await ethers.getSigner(accounts[0]);
  const puppets = [];
  for (let i = 0; i < 2; i++)
    puppets.push(await ethers.deployContract("Puppet", [], { signer, gasPrice: 0 }));

  const models = new Map<string, Model>();
  for (const [i, model] of MODELS.entries()) {
    const { key, signals, batches, segments } = model;
    const commitment = { modelHash: toBeHex(i, 32), circuitHash: ZeroHash, setupHash: ZeroHash };
    if (segments !== undefined) {
      const { keys, segments: numbers } = encodePipeline(pipelineOf(key, signals - 2, segments));
      await registry.registerPipeline(keys, numbers, commitment, "");
      models.set(await registry.pipelineIdOf(keys, numbers, commitment), model);
      continue;
    }
    const bytes = encodeKey(verificationKeyOf(key, signals));
    const keys = batches.map((jobs) => ({
      jobs,
      key: encodeKey(verificationKeyOf(batchKeyOf(key, jobs), 3)),
    }));
    if (batches.length === 0) await registry.register(bytes, commitment, "");
    else await registry.registerSet(bytes, keys, commitment, "");
    const modelId =
      batches.length === 0
        ? await registry.modelIdOf(bytes, commitment)
        : await registry.setIdOf(bytes, keys, commitment);
    models.set(modelId, model);
  }
  const holders = [...accounts, ...(await Promise.all(puppets.map((puppet) => puppet.getAddress())))];
  const escrowAddress = await escrow.getAddress();
  const tokens = new Map<string, Habit>([[ZeroAddress, "native"]]);
  for (const [name, habit] of CONTRACTS) {
    const token = await ethers.deployContract(name);
    const address = await token.getAddress();
    tokens.set(address, habit);
    for (const holder of holders) await token.getFunction("mint")(holder, TOKENS);
    const data = token.interface.encodeFunctionData("approve", [escrowAddress, MAX]);
    for (const account of accounts)
      await request("eth_sendTransaction", { from: account, to: address, data, gasPrice: "0x0" });
    for (const puppet of puppets) await puppet.act(address, 0, data, { gasPrice: 0 });
  }
  const contracts = new Set([escrowAddress, await registry.getAddress(), ...tokens.keys()]);
  contracts.delete(ZeroAddress);
  const world: World = {
    escrow: escrowAddress,
    accounts,
    puppets: new Set(holders.slice(accounts.length)),
    owner: accounts[0],
    contracts,
    tokens,
    models,
  };
  const multiply = async (scalar: bigint) => {
    const data = concat([1n, 2n, scalar].map((word) => toBeHex(word, 32)));
    const point = (await request("eth_call", { to: toBeHex(7, 20), data }, "latest")) as string;
    return [BigInt(dataSlice(point, 0, 32)), BigInt(dataSlice(point, 32, 64))];
  };
  const names = new Map([...tokens.keys()].map((token) => [token, "Test"]));
  const encoder = new Encoder(escrowAddress, 31337n, names, multiply);
  await request("evm_setNextBlockTimestamp", Number(START));
  await request("evm_mine");
  let snapshot = await request("evm_snapshot");
  return {
    world,
    chain: new ChainSide(provider, escrowAddress, encoder),
    async reset() {
      await request("evm_revert", snapshot);
      snapshot = await request("evm_snapshot");
      const ledger = new Ledger(world, START);
      for (const holder of holders) {
        for (const token of tokens.keys()) ledger.store.set(TOKENS, "holding", token, holder);
        ledger.store.set(accounts.includes(holder) ? COINS : 0n, "holding", ZeroAddress, holder);
      }
      for (const account of holders)
        for (const token of tokens.keys()) ledger.store.set(MAX, "allowance", token, account);
      return ledger;
    },
  };
}
