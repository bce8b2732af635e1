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
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Chain } from "./chain.js";
import type { Unit } from "../types.js";

/** Characters of a token's symbol that are shown at most: it is the text of a stranger. */
const MOST_SYMBOL = 12;

const TOKEN = ["function decimals() view returns (uint8)", "function symbol() view returns (string)"];

/** What a token says of its unit. */
export async function unitOf(runner: ContractRunner, token: string): Promise<Unit> {
  if (token === ZeroAddress) return { decimals: 18 };
  const contract = new Contract(token, TOKEN, runner);
  const ask = (name: string): Promise<unknown> =>
    contract
      .getFunction(name)()
      .catch(() => undefined);
  const [decimals, symbol] = [await ask("decimals"), await ask("symbol")];
  const printable =
    typeof symbol === "string" ? symbol.replace(/[^\x21-\x7e]+/g, "").slice(0, MOST_SYMBOL) : "";
  return {
    ...(decimals === undefined || Number(decimals) > MOST_DECIMALS ? {} : { decimals: Number(decimals) }),
    ...(printable === "" ? {} : { symbol: printable }),
  };
}

/** Decimals beyond which a number is easier to read in the smallest units; ethers formats up to 80. */
const MOST_DECIMALS = 36;

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
