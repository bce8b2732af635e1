import { AUTHORIZATION_TYPES, PERMIT_TYPES } from "../../../src/client/typedData.js";
import { ethers, type Job, type System } from "./escrow.js";

const MAX = 2n ** 256n - 1n;

async function domain(system: System) {
  const { chainId } = await ethers.provider.getNetwork();
  return { name: "Test", version: "1", chainId, verifyingContract: await system.token.getAddress() };
}

/** The client's EIP-2612 permit for the escrow, without a deadline. */
export async function permit(system: System, value: bigint): Promise<string> {
  const { client, escrow, token } = system;
  const message = {
    owner: client.address,
    spender: await escrow.getAddress(),
    value,
    nonce: await token.nonces(client),
    deadline: MAX,
  };
  return client.signTypedData(await domain(system), PERMIT_TYPES, message);
}

/** The client's EIP-3009 authorization of the job's payment, without limits of time. */
export async function authorize(system: System, job: Job): Promise<string> {
  const { client, escrow } = system;
  const message = {
    from: client.address,
    to: await escrow.getAddress(),
    value: job.amount,
    validAfter: 0n,
    validBefore: MAX,
    nonce: await escrow.jobDigest(await escrow.hashJob(job)),
  };
  return client.signTypedData(await domain(system), AUTHORIZATION_TYPES, message);
}
