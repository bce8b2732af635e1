import { Interface, ZeroAddress, type ContractRunner } from "ethers";

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

/** Characters of an answer in hexadecimal, at most: a token may answer with megabytes. */
const MOST_ANSWER = 8192;

const TOKEN = new Interface([
  "function decimals() view returns (uint8)",
  "function symbol() view returns (string)",
]);

/** What a token says of its unit. */
export async function unitOf(runner: ContractRunner, token: string): Promise<Unit> {
  if (token === ZeroAddress) return { decimals: 18 };
  const ask = async (name: "decimals" | "symbol"): Promise<unknown> => {
    try {
      const answer = await runner.call!({ to: token, data: TOKEN.encodeFunctionData(name) });
      return answer.length > MOST_ANSWER ? undefined : TOKEN.decodeFunctionResult(name, answer)[0];
    } catch {
      return undefined;
    }
  };
  const [decimals, symbol] = [await ask("decimals"), await ask("symbol")];
  const printable =
    typeof symbol === "string" ? symbol.replace(/[^\x21-\x7e]+/g, "").slice(0, MOST_SYMBOL) : "";
  return {
    ...(decimals === undefined || Number(decimals) > MOST_DECIMALS ? {} : { decimals: Number(decimals) }),
    ...(printable === "" ? {} : { symbol: printable }),
  };
}
