import { formatEther, ZeroAddress } from "ethers";

/** An amount with its unit: of the native token in whole ones, of another token in its smallest units. */
export function describeUnits(amount: string | bigint, token: string = ZeroAddress): string {
  return token === ZeroAddress ? `${formatEther(amount)} in the native token` : `${amount} units of ${token}`;
}
