import { ZeroAddress } from "ethers";
import type { Fulfillment, Job, Reason } from "./calls.js";
import type { World } from "./world.js";

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
