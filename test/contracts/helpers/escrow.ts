import { type AddressLike, type ContractTransactionResponse, id, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";
import type { IInferenceEscrow } from "../../../types/ethers-contracts/index.js";
import { encodeKey, evaluate, type Inference, keys, prove } from "./fixture.js";
import { JOB_TYPES } from "../../../src/client/typedData.js";

export type Job = IInferenceEscrow.JobStruct;

export const COMMITMENT = {
  modelHash: id("model"),
  circuitHash: id("circuit"),
  setupHash: id("setup"),
};
export const URI = "ipfs://manifest";

/** What the client asks of the model: 3·4² + 7. */
export const X = 4n;
export const SALT = 99n;
export const AMOUNT = 10n ** 16n;

export const { ethers, networkHelpers, ignition, provider } = await network.create();

/** Registry, escrow, the fixture model, a token, and accounts that have some of it and have approved the escrow. */
export async function deploy() {
  const [deployer, client, worker, other] = await ethers.getSigners();
  const registry = await ethers.deployContract("ModelRegistry");
  const escrow = await ethers.deployContract("InferenceEscrow", [registry]);
  const token = await ethers.deployContract("TestToken");
  const key = encodeKey(keys.contributed);
  await registry.register(key, COMMITMENT, URI);
  const modelId = await registry.modelIdOf(key, COMMITMENT);
  for (const account of [client, worker, other]) {
    await token.mint(account, 1_000n * AMOUNT);
    await token.connect(account).approve(escrow, 2n ** 256n - 1n);
  }
  return { deployer, client, worker, other, registry, escrow, token, key, modelId };
}

export type System = Awaited<ReturnType<typeof deploy>>;

/** A job of the fixture model in the native token, open to anyone, with an hour to fund and one more to fulfill. */
export async function makeJob(system: System, changes: Partial<Job> = {}): Promise<Job> {
  const now = await networkHelpers.time.latest();
  return {
    modelId: system.modelId,
    inputCommitment: evaluate(X, SALT).inputCommitment,
    client: system.client.address,
    provider: ZeroAddress,
    token: ZeroAddress,
    amount: AMOUNT,
    bond: 0n,
    fundBy: now + 3600,
    fulfillBy: now + 7200,
    callback: ZeroAddress,
    callbackGas: 0n,
    salt: ZeroHash,
    ...changes,
  };
}

/** Funds the job, in native tokens or others, as its client. */
export async function request(
  system: System,
  job: Job,
  signature = "0x",
): Promise<ContractTransactionResponse> {
  const value = job.token === ZeroAddress ? job.amount : 0n;
  return system.escrow.connect(system.client).request(job, signature, { value });
}

/** A proof of the job's output for the payee. */
export async function proveJob(system: System, job: Job, payee: AddressLike): Promise<Inference> {
  const jobId = await system.escrow.hashJob(job);
  return prove(X, SALT, await system.escrow.bindingOf(jobId, payee));
}

/** Proves and fulfills, sent by the worker. */
export async function fulfill(
  system: System,
  job: Job,
  payee: AddressLike = system.worker.address,
): Promise<ContractTransactionResponse> {
  const { proof, signals } = await proveJob(system, job, payee);
  return system.escrow.connect(system.worker).fulfill(job, payee, proof, [signals[0]]);
}

/** The job as EIP-712 typed data: `[domain, types, value]`. */
export async function typedJob(system: System, job: Job) {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = {
    name: "InferenceEscrow",
    version: "1",
    chainId,
    verifyingContract: await system.escrow.getAddress(),
  };
  return [domain, JOB_TYPES, job] as const;
}

/** The signature by which the worker accepts the job. */
export async function accept(system: System, job: Job, signer = system.worker): Promise<string> {
  return signer.signTypedData(...(await typedJob(system, job)));
}
