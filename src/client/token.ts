import { Contract, Signature, ZeroAddress, type Signer, type TypedDataDomain } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { AUTHORIZATION_TYPES, PERMIT_TYPES } from "./typedData.js";

const TOKEN = [
  "function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)",
  "function name() view returns (string)",
  "function version() view returns (string)",
  "function nonces(address owner) view returns (uint256)",
];

/** The terms of a job that its payment depends on. */
interface Payment {
  readonly client: string;
  readonly token: string;
  readonly amount: bigint;
  readonly fundBy: bigint;
}

/** @throws Torch2CircomError for the native token, for which there are no signatures */
export function requireToken(token: string): void {
  if (token !== ZeroAddress) return;
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    "A job in the native token cannot be paid by a signature",
    "Choose an ERC-20 token, or fund the job first (requestInference).",
  );
}

/**
 * EIP-3009: the client lets the escrow receive the payment of a job.
 *
 * @param nonce the digest of what is paid for
 */
export async function signReceive(
  client: Signer,
  escrow: string,
  job: Payment,
  nonce: string,
): Promise<{ readonly validAfter: bigint; readonly validBefore: bigint; readonly signature: string }> {
  // It is valid before this second, and not in it.
  const times = { validAfter: 0n, validBefore: job.fundBy + 1n };
  const value = { from: job.client, to: escrow, value: job.amount, ...times, nonce };
  const domain = await tokenDomain(client, job.token);
  return { ...times, signature: await client.signTypedData(domain, AUTHORIZATION_TYPES, value) };
}

/** EIP-2612: an allowance for the payment of a job, until its `fundBy`. */
export async function signPermit(client: Signer, spender: string, job: Payment): Promise<Signature> {
  const token = new Contract(job.token, TOKEN, client);
  const nonce = (await token.getFunction("nonces")(job.client)) as bigint;
  const value = { owner: job.client, spender, value: job.amount, nonce, deadline: job.fundBy };
  return Signature.from(
    await client.signTypedData(await tokenDomain(client, job.token), PERMIT_TYPES, value),
  );
}

/** A token's EIP-712 domain: as it says itself (ERC-5267), or by its name and version. */
async function tokenDomain(client: Signer, token: string): Promise<TypedDataDomain> {
  const contract = new Contract(token, TOKEN, client);
  const read = (name: string) => contract.getFunction(name)() as Promise<string>;
  const { chainId } = await client.provider!.getNetwork();
  const said = (await read("eip712Domain").catch(() => undefined)) as
    { readonly name: string; readonly version: string } | undefined;
  const name = said?.name ?? (await read("name"));
  const version = said?.version ?? (await read("version").catch(() => "1"));
  return { name, version, chainId, verifyingContract: token };
}
