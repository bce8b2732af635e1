import { Contract, ZeroAddress, type ContractRunner } from "ethers";

/** How amounts of a token are written, as the token says: a field is undefined where it does not. */
export interface Unit {
  readonly decimals?: number;
  /** Printable and short. Anybody can make a token with any symbol. */
  readonly symbol?: string;
}

/** Characters of a token's symbol that are shown at most: it is the text of a stranger. */
const MOST_SYMBOL = 12;

/** Decimals beyond which a number is easier to read in the smallest units; ethers formats up to 80. */
const MOST_DECIMALS = 36;

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
