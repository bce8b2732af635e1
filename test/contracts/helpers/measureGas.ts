import { type ContractTransactionResponse, Signature, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import {
  accept,
  AMOUNT,
  COMMITMENT,
  deploy,
  ethers,
  type Job,
  makeJob,
  networkHelpers,
  proveJob,
  request,
  type System,
  URI,
} from "./escrow.js";
import { R } from "./fixture.js";
import { encodePipeline } from "../../../src/client/pipelineKeys.js";
import type { SettlementMethod } from "../../../src/client/settlement.js";
import { batchKey, fundAnswers, proveMany } from "./many.js";
import { differing, fundAnswer, makePipeline, proveAnswer, sharing, withPipeline } from "./pipeline.js";
import { authorizeJob, settlement } from "./settlement.js";
import { authorize, permit } from "./token.js";

/** Gas of one transaction of each kind, for a model with one output word (three public signals). */
export async function measureGas(): Promise<Record<string, number>> {
  const system = await networkHelpers.loadFixture(deploy);
  return {
    ...(await measureRequests(system)),
    ...(await measureSettlements(system)),
    ...(await measureBatches(system)),
    ...(await measureOneStep(system)),
    ...(await measureMany(system)),
    ...(await measurePipelines(system)),
  };
}

async function gasUsed(sent: Promise<ContractTransactionResponse>): Promise<number> {
  return Number((await (await sent).wait())!.gasUsed);
}

async function measureRequests(system: System): Promise<Record<string, number>> {
  const { client, worker, escrow, registry, key } = system;
  const token = await system.token.getAddress();
  const commitment = { ...COMMITMENT, setupHash: COMMITMENT.modelHash };
  // Balances that are not empty before are the usual case.
  await escrow.connect(worker).deposit(token, 100n * AMOUNT);
  await escrow.connect(client).deposit(token, 100n * AMOUNT);
  const coins = await makeJob(system, { salt: ethers.id("salt"), inputCommitment: R - 1n });
  const tokens = await makeJob(system, { token });
  const bonded = await makeJob(system, { token, bond: AMOUNT, provider: worker.address });
  const permitted = await makeJob(system, { token, salt: toBeHex(1, 32) });
  const authorized = await makeJob(system, { token, salt: toBeHex(2, 32) });
  const own = await makeJob(system, { token, salt: toBeHex(3, 32) });
  const { v, r, s } = Signature.from(await permit(system, AMOUNT));
  const authorization = Signature.from(await authorize(system, authorized));
  const signature = await accept(system, bonded);
  const asClient = escrow.connect(client);
  const MAX = 2n ** 256n - 1n;
  return {
    register: await gasUsed(registry.register(key, commitment, URI)),
    "request, native token": await gasUsed(request(system, coins)),
    "request, ERC-20": await gasUsed(request(system, tokens)),
    "request, ERC-20, bond": await gasUsed(request(system, bonded, signature)),
    "request, permit": await gasUsed(asClient.requestWithPermit(permitted, "0x", MAX, v, r, s)),
    "request, EIP-3009": await gasUsed(
      asClient.requestWithAuthorization(
        authorized,
        "0x",
        0n,
        MAX,
        authorization.v,
        authorization.r,
        authorization.s,
      ),
    ),
    "request, balance": await gasUsed(asClient.requestFromBalance(own, "0x")),
  };
}

async function measureSettlements(system: System): Promise<Record<string, number>> {
  const { client, worker, other, escrow } = system;
  const [first, second, third, fourth] = await fund(system, 4, 100);
  const proofs = await Promise.all([first, second].map((job) => proveJob(system, job, worker.address)));
  const fulfill = (job: Job, i: number) =>
    gasUsed(escrow.connect(worker).fulfill(job, worker, proofs[i].proof, [proofs[i].signals[0]]));
  const cold = await fulfill(first, 0);
  const warm = await fulfill(second, 1);
  await networkHelpers.time.increaseTo(BigInt(third.fulfillBy) + 1n);
  await escrow.connect(client).refund(third);
  return {
    "fulfill, first of a payee": cold,
    fulfill: warm,
    refund: await gasUsed(escrow.connect(other).refund(fourth)),
    withdraw: await gasUsed(escrow.connect(worker).withdraw(ZeroAddress, AMOUNT, worker)),
  };
}

async function measureBatches(system: System): Promise<Record<string, number>> {
  const { worker, escrow } = system;
  const result: Record<string, number> = {};
  for (const size of [2, 4, 8]) {
    const jobs = await fund(system, size, 1000 * size);
    const fulfillments = [];
    for (const job of jobs) {
      const { proof, signals } = await proveJob(system, job, worker.address);
      fulfillments.push({ job, payee: worker.address, proof, outputs: [signals[0]] });
    }
    const gas = await gasUsed(escrow.connect(worker).fulfillBatch(fulfillments));
    result[`fulfillBatch of ${size}, per job`] = Math.ceil(gas / size);
  }
  return result;
}

/** In a token, for a payee that has some already. */
async function measureOneStep(system: System): Promise<Record<string, number>> {
  const { worker, escrow } = system;
  const token = await system.token.getAddress();
  await system.token.connect(system.client).approve(escrow, 2n ** 256n - 1n);
  const jobs = async (count: number, salt: string) =>
    Promise.all(
      Array.from({ length: count }, (_, i) => makeJob(system, { token, salt: ethers.id(salt + i) })),
    );
  const settle = async (method: SettlementMethod): Promise<number> => {
    const [job] = await jobs(1, method);
    const args = await settlement(system, job, await authorizeJob(system, job, method));
    return gasUsed(escrow.connect(worker).settle(...args));
  };
  const result: Record<string, number> = {};
  for (const method of ["receive", "allowance", "permit"] as const)
    result[`settle, ${method}`] = await settle(method);
  for (const size of [2, 8]) {
    const fulfillments = [];
    const authorizations = [];
    for (const job of await jobs(size, `batch of ${size}`)) {
      const authorization = await authorizeJob(system, job);
      const [, , payee, proof, outputs] = await settlement(system, job, authorization);
      fulfillments.push({ job, payee, proof, outputs });
      authorizations.push(authorization);
    }
    const gas = await gasUsed(escrow.connect(worker).settleBatch(fulfillments, authorizations));
    result[`settleBatch of ${size}, per job`] = Math.ceil(gas / size);
  }
  const job = await makeJob(system, { salt: ethers.id("withdraw") });
  await request(system, job);
  const { proof, signals } = await proveJob(system, job, worker.address);
  const sent = escrow.connect(worker).fulfillAndWithdraw(job, proof, [signals[0]], worker);
  return { ...result, fulfillAndWithdraw: await gasUsed(sent) };
}

/** A set of two batch keys, and one proof of many jobs for a payee that has some already. */
async function measureMany(system: System): Promise<Record<string, number>> {
  const { worker, escrow, registry, key } = system;
  const sizes = [8, 32];
  const keys = sizes.map((size) => batchKey(size));
  const commitment = { ...COMMITMENT, setupHash: ZeroHash };
  const result: Record<string, number> = {};
  result.registerSet = await gasUsed(registry.registerSet(key, keys, commitment, URI));
  const set = { ...system, modelId: await registry.setIdOf(key, keys, commitment) };
  for (const size of sizes) {
    const answers = await fundAnswers(set, Array<string>(size).fill(worker.address));
    const gas = await gasUsed(escrow.connect(worker).fulfillMany(answers, await proveMany(set, answers)));
    result[`fulfillMany of ${size}, per job`] = Math.ceil(gas / size);
  }
  return result;
}

/** Models in segments, and the proofs of a job of each for a payee that has some already. */
async function measurePipelines(system: System): Promise<Record<string, number>> {
  const { worker, escrow, registry } = system;
  const { keys, segments } = encodePipeline(makePipeline(differing(4)));
  const result: Record<string, number> = {};
  result["registerPipeline, 4 segments"] = await gasUsed(
    registry.registerPipeline(keys, segments, COMMITMENT, URI),
  );
  for (const [name, numbers] of [
    ...[2, 4, 8].map((count) => [`${count} segments`, differing(count)] as const),
    ["8 segments, 3 keys", sharing(8)] as const,
  ]) {
    const pipeline = await withPipeline(system, numbers);
    const one = await fundAnswer(pipeline);
    const proof = await proveAnswer(pipeline, one);
    const sent = escrow.connect(worker).fulfillPipeline(one.job, one.payee, proof, one.outputs);
    result[`fulfillPipeline, ${name}`] = await gasUsed(sent);
  }
  return result;
}

async function fund(system: System, count: number, salt: number): Promise<Job[]> {
  const jobs: Job[] = [];
  for (let i = 0; i < count; i++) {
    const job = await makeJob(system, { salt: ethers.id(String(salt + i)) });
    await request(system, job);
    jobs.push(job);
  }
  return jobs;
}
