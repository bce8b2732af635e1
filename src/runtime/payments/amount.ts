import { Contract, getAddress, isAddress, parseUnits, ZeroAddress } from "ethers";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Chain } from "./chain.js";

/** An amount in whole tokens, native or not, in the smallest units. */
export async function parseAmount(chain: Chain, amount: string, token: string): Promise<bigint> {
  const decimals = await decimalsOf(chain, token).catch((cause: Error) => {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `${token} is not an ERC-20 token with decimals`,
      "Check its address.",
      cause,
    );
  });
  try {
    const parsed = parseUnits(amount, decimals);
    if (parsed > 0n) return parsed;
  } catch {
    // Said below, like an amount of zero.
  }
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `"${amount}" is not an amount above zero with at most ${decimals} decimals`,
    "Write for example --amount 0.01.",
  );
}

/** How many decimals of a whole token its smallest unit is. */
export async function decimalsOf({ signer }: Chain, token: string): Promise<number> {
  if (token === ZeroAddress) return 18;
  const contract = new Contract(token, ["function decimals() view returns (uint8)"], signer);
  return Number(await contract.getFunction("decimals")());
}

export function checkedAddress(text: string, what: string): string {
  if (!isAddress(text))
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `The ${what} ${text} is not an address`,
      "Give 0x and 40 hex digits.",
    );
  return getAddress(text);
}
