/** Name of the scheme in x402 by which the escrow is paid: EIP-3009, of the job's digest. */
export const SCHEME = "torch2circom-escrow";

/** How x402 names a chain (CAIP-2). */
export function networkOf(chainId: bigint | string): `eip155:${string}` {
  return `eip155:${chainId}`;
}
