import {
  Contract,
  formatUnits,
  getAddress,
  isAddress,
  parseUnits,
  ZeroAddress,
  type ContractRunner,
} from "ethers";
import { explain } from "../../client/errors.js";
import { unitOf, type Unit } from "../../client/unit.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Chain } from "./chain.js";

/** An amount with its unit: in whole tokens, where the token has decimals. */
export async function describeAmount(runner: ContractRunner, amount: bigint, token: string): Promise<string> {
  return inUnit(amount, token, await unitOf(runner, token));
}

/** "0.01 in the native token", "1.5 USDC (0xA0b8…eB48)", "7 units of 0xA0b8…eB48": anybody can make a token with any symbol. */
export function inUnit(amount: bigint | string, token: string, { decimals, symbol }: Unit): string {
  if (token === ZeroAddress) return `${formatUnits(amount, 18)} in the native token`;
  if (decimals === undefined) return `${amount} units of ${token}`;
  const whole = formatUnits(amount, decimals);
  return symbol === undefined ? `${whole} of ${token}` : `${whole} ${symbol} (${token})`;
}

/** An amount in whole tokens, native or not, in the smallest units. */
export async function parseAmount(chain: Chain, amount: string, token: string): Promise<bigint> {
  const decimals = await decimalsOf(chain, token).catch((cause: Error) => {
    const explained = explain(cause);
    // A node that is away says nothing about the token.
    if (explained instanceof Torch2CircomError && explained.code === "NETWORK_UNREACHABLE") throw explained;
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
