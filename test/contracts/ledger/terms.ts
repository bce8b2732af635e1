import { ZeroAddress } from "ethers";
import {
  type Answer,
  type Authorization,
  type BatchProof,
  type Fulfillment,
  type Job,
  jobIdOf,
  type PipelineProof,
  type Reason,
  type SegmentProof,
  type Statement,
  textOf,
} from "./calls.js";
import { batchKeyOf, segmentKeyOf, type World } from "./world.js";

const MAX_LOCK = 90n * 86_400n;
const MAX_CALLBACK_GAS = 2_000_000n;
/** Order of the scalar field. */
const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** What a job cannot be funded with. */
export function termFaults({ models }: World, job: Job, now: bigint): Reason[] {
  const { amount, inputCommitment, fundBy, fulfillBy, provider, bond, callback, callbackGas, modelId } = job;
  const faults: Reason[] = [];
  if (amount === 0n) faults.push({ name: "ZeroAmount", args: [] });
  if (inputCommitment >= R) faults.push({ name: "InvalidInputCommitment", args: [inputCommitment] });
  if (now > fundBy) faults.push({ name: "FundingClosed", args: [fundBy] });
  if (fulfillBy < fundBy || fulfillBy > now + MAX_LOCK)
    faults.push({ name: "InvalidDeadline", args: [fulfillBy] });
  if (provider === ZeroAddress && bond > 0n) faults.push({ name: "BondWithoutProvider", args: [bond] });
  if (callbackGas > MAX_CALLBACK_GAS || (callback === ZeroAddress && callbackGas > 0n))
    faults.push({ name: "CallbackGasTooHigh", args: [callbackGas] });
  // The signals `outputs…, inputCommitment, binding`.
  if ((models.get(modelId)?.signals ?? 0) < 3) faults.push({ name: "UnsuitableModel", args: [modelId] });
  return faults;
}

/** Whom and when a job does not pay. */
export function closedTo(job: Job, jobId: string, payee: string, now: bigint): Reason[] {
  const faults: Reason[] = [];
  if (now > job.fulfillBy) faults.push({ name: "FulfillmentClosed", args: [jobId, job.fulfillBy] });
  if (payee === ZeroAddress || (job.provider !== ZeroAddress && payee !== job.provider))
    faults.push({ name: "InvalidPayee", args: [jobId, payee] });
  return faults;
}

/** Why a proof does not show that these are the outputs of this job for this payee. */
export function proofFaults(
  { models }: World,
  { job, payee, proof, outputs }: Fulfillment,
  jobId: string,
): Reason[] {
  const model = models.get(job.modelId);
  if (model === undefined) return [{ name: "UnknownModel", args: [job.modelId] }];
  if (model.segments !== undefined) return [{ name: "WrongKind", args: [job.modelId, 3n] }];
  if (outputs.length + 2 !== model.signals) {
    const args = [BigInt(model.signals), BigInt(outputs.length + 2)];
    return [{ name: "SignalCountMismatch", args }];
  }
  const isValid =
    proof.key === model.key &&
    proof.jobId === jobId &&
    proof.payee === payee &&
    proof.here &&
    proof.inputCommitment === job.inputCommitment &&
    proof.outputs.length === outputs.length &&
    proof.outputs.every((output, i) => output === outputs[i] && output < R) &&
    (proof.form === "plain" || proof.form === "negated");
  return isValid ? [] : [{ name: "InvalidProof", args: [] }];
}

/** Why one proof does not show that these are the outputs of all these jobs for their payees. */
export function manyFaults({ models }: World, answers: readonly Answer[], proof: BatchProof): Reason[] {
  const { jobs, key, form, statements } = proof;
  const faults: Reason[] = [];
  if (answers.length === 0) return [{ name: "EmptyBatch", args: [] }];
  if (BigInt(answers.length) > jobs)
    faults.push({ name: "TooManyAnswers", args: [jobs, BigInt(answers.length)] });
  const [{ modelId }] = answers.map(({ job }) => job);
  const model = models.get(modelId);
  if (model === undefined) return [...faults, { name: "UnknownModel", args: [modelId] }];
  if (model.segments !== undefined) return [...faults, { name: "WrongKind", args: [modelId, 3n] }];
  if (!model.batches.includes(Number(jobs)))
    return [...faults, { name: "UnknownBatchSize", args: [modelId, jobs] }];
  for (const { job, outputs } of answers) {
    const args = [jobIdOf(job), BigInt(model.signals - 2), BigInt(outputs.length)];
    if (outputs.length + 2 !== model.signals) faults.push({ name: "OutputCountMismatch", args });
  }
  if (faults.length > 0) return faults;
  const claims = answers.map(({ job, payee, outputs }) => ({
    outputs,
    inputCommitment: job.inputCommitment,
    jobId: jobIdOf(job),
    payee,
    here: true,
  }));
  // A short batch is filled up with its last job.
  while (BigInt(claims.length) < jobs) claims.push(claims.at(-1)!);
  const isValid =
    key === batchKeyOf(model.key, jobs) &&
    textOf(statements.map(orderOf)) === textOf(claims.map(orderOf)) &&
    claims.every(({ outputs }) => outputs.every((output) => output < R)) &&
    (form === "plain" || form === "negated");
  return isValid ? [] : [{ name: "InvalidProof", args: [] }];
}

const orderOf = ({ outputs, inputCommitment, jobId, payee, here }: Statement) => [
  outputs,
  inputCommitment,
  jobId,
  payee,
  here,
];

/** Why proofs of segments do not show that these are the outputs of this job for its payee. */
export function pipelineFaults(
  { models }: World,
  { job, payee, outputs }: Answer,
  { segments, edges }: PipelineProof,
): Reason[] {
  const { modelId, inputCommitment } = job;
  const model = models.get(modelId);
  if (model === undefined) return [{ name: "UnknownModel", args: [modelId] }];
  if (model.segments === undefined)
    return [{ name: "WrongKind", args: [modelId, model.batches.length > 0 ? 2n : 1n] }];
  const faults: Reason[] = [];
  const [count, proofs] = [model.segments.length, segments.length];
  if (proofs !== count || edges.length !== count - 1)
    faults.push({ name: "SegmentCountMismatch", args: [count, proofs, edges.length].map(BigInt) });
  if (outputs.length + 2 !== model.signals)
    faults.push({ name: "SignalCountMismatch", args: [model.signals, outputs.length + 2].map(BigInt) });
  if (faults.length > 0) return faults;
  const claim = { outputs, inputCommitment, jobId: jobIdOf(job), payee, here: true };
  const isValid =
    outputs.every((output) => output < R) &&
    edges.every(({ beyond }) => !beyond) &&
    segments.every(
      (proof, i) =>
        proof.key === segmentKeyOf(model.key, model.segments![i]) &&
        (proof.form === "plain" || proof.form === "negated") &&
        textOf(shownBy(proof)) === textOf(shownBy({ place: i, statement: claim, edges })),
    );
  return isValid ? [] : [{ name: "InvalidProof", args: [] }];
}

/** The public signals of a segment, by what they are. */
function shownBy({
  place,
  statement,
  edges,
}: Pick<SegmentProof, "edges" | "place" | "statement">): unknown[] {
  const { outputs, inputCommitment, jobId, payee, here } = statement;
  const edge = (i: number) => [edges[i].place, edges[i].jobId, edges[i].payee, edges[i].here];
  if (place === 0) return [edge(0), inputCommitment, jobId, payee, here];
  return place === edges.length ? [outputs, edge(place - 1)] : [edge(place), edge(place - 1)];
}

/** Of what is settled together. */
export function batchFaults(
  answers: readonly Answer[],
  authorizations: readonly Authorization[] = Array<Authorization>(answers.length),
): Reason[] {
  const faults: Reason[] = [];
  const [expected, actual] = [answers.length, authorizations.length];
  if (expected !== actual)
    faults.push({ name: "AuthorizationCountMismatch", args: [BigInt(expected), BigInt(actual)] });
  const models = answers.map(({ job }) => job.modelId);
  for (const other of models.filter((modelId) => modelId !== models[0]))
    faults.push({ name: "MixedModels", args: [models[0], other] });
  return faults;
}

export function zeroFaults(amount: bigint): Reason[] {
  return amount === 0n ? [{ name: "ZeroAmount", args: [] }] : [];
}

export function valueFaults(token: string, amount: bigint, value: bigint): Reason[] {
  const expected = token === ZeroAddress ? amount : 0n;
  return value === expected ? [] : [{ name: "InvalidValue", args: [expected, value] }];
}

/** Debits in a row; where both are of one account, which one is told of depends on the order. */
export function balanceFaults(
  token: string,
  needs: readonly { account: string; amount: bigint; balance: bigint }[],
): Reason[] {
  const [first, second] = needs;
  if (second !== undefined && first.account === second.account)
    return first.balance < first.amount + second.amount ? [{ name: "BalanceTooLow" }] : [];
  return needs
    .filter(({ amount, balance }) => balance < amount)
    .map(({ account, amount, balance }) => ({
      name: "BalanceTooLow",
      args: [account, token, balance, amount],
    }));
}
