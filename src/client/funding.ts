import { ZeroAddress, type Signer } from "ethers";
import { approveToken } from "./allowance.js";
import type { Contracts } from "./contracts.js";
import type { Job } from "./job.js";
import { send, type Receipt } from "./send.js";

/**
 * Locks the payment of a job, and approves the escrow first where it is in an ERC-20 token.
 *
 * @param client the job's client
 * @param providerSignature of the job's digest, for a job with a bond
 */
export async function fundJob(
  { escrow }: Contracts,
  client: Signer,
  job: Job,
  providerSignature = "0x",
): Promise<Receipt> {
  if (job.token !== ZeroAddress) await approveToken(client, job.token, await escrow.getAddress(), job.amount);
  const value = job.token === ZeroAddress ? job.amount : 0n;
  return send(() => escrow.connect(client).request(job, providerSignature, { value }));
}
