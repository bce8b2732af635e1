import { formatUnits, ZeroAddress } from "ethers";

/** An amount with its unit: in whole tokens if the decimals are known, else in the smallest units. */
export function describeUnits(
  amount: string | bigint,
  token: string = ZeroAddress,
  decimals: number | undefined = token === ZeroAddress ? 18 : undefined,
): string {
  if (decimals === undefined) return `${amount} units of ${token}`;
  const whole = formatUnits(amount, decimals);
  return token === ZeroAddress ? `${whole} in the native token` : `${whole} of the token ${token}`;
}
