import { Contract, getAddress, verifyTypedData, type Signer } from "ethers";
import { jobDigestOf, jobIdOf } from "./binding.js";
import type { Contracts } from "./contracts.js";
import { explainRefusal } from "./errors.js";
import type { Job } from "./terms.js";
import { escrowDomain, JOB_TYPES } from "./typedData.js";

/** ERC-1271's answer for a good signature: the selector of its function. */
const ERC1271 = "0x1626ba7e";

/**
 * Signs that a provider accepts a job and stakes its bond, taken from its balance in the escrow when the client funds the
 * job. The provider has the input by then, and knows that it can prove the answer in time.
 *
 * @param contracts see {@link contractsAt}
 * @param provider the job's provider
 * @param job the terms, as the client has sent them
 * @returns the signature, in hexadecimal, for the client; see `providerSignature` of {@link fundJob}
 * @example
 * ```ts
 * import { deposit, fundJob, jobTerms, signOffer } from "torch2circom/client";
 *
 * const provider = signer; // another's, in earnest
 * const job = await jobTerms(signer, {
 *   modelId,
 *   inputCommitment: 12345n,
 *   amount: 1000n,
 *   bond: 200n,
 *   provider: await provider.getAddress(),
 * });
 * await deposit(contracts, provider, job.bond);
 * const providerSignature = await signOffer(contracts, provider, job);
 * await fundJob(contracts, signer, job, { providerSignature });
 * ```
 */
export function signOffer({ escrow }: Contracts, provider: Signer, job: Job): Promise<string> {
  return explainRefusal(async () => {
    const { chainId } = await provider.provider!.getNetwork();
    const domain = escrowDomain({ chainId, escrow: await escrow.getAddress() });
    return provider.signTypedData(domain, JOB_TYPES, job);
  });
}

/**
 * Whether a job's provider has signed it: with its key or, if it is a contract, by ERC-1271. The escrow asks the same.
 *
 * @param contracts see {@link contractsAt}; the provider of their runner is asked
 * @param job the terms, as the client knows them
 * @param signature see {@link signOffer}
 * @example
 * ```ts
 * import { jobTerms, verifyOffer } from "torch2circom/client";
 *
 * const provider = await signer.getAddress();
 * const job = await jobTerms(signer, { modelId, inputCommitment: 12345n, amount: 1000n, provider });
 * console.log(await verifyOffer(contracts, job, "0x12")); // false
 * ```
 */
export function verifyOffer({ escrow }: Contracts, job: Job, signature: string): Promise<boolean> {
  return explainRefusal(async () => {
    const provider = escrow.runner!.provider!;
    const { chainId } = await provider.getNetwork();
    const place = { chainId, escrow: await escrow.getAddress() };
    if ((await provider.getCode(job.provider)) === "0x") {
      try {
        const signer = verifyTypedData(escrowDomain(place), JOB_TYPES, job, signature);
        return signer === getAddress(job.provider);
      } catch {
        return false; // No signature of this form.
      }
    }
    const account = new Contract(
      job.provider,
      ["function isValidSignature(bytes32 digest, bytes signature) view returns (bytes4)"],
      provider,
    );
    const answer: unknown = await account
      .getFunction("isValidSignature")(jobDigestOf(jobIdOf(job), place), signature)
      .catch(() => undefined);
    return answer === ERC1271;
  });
}
