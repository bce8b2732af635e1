import { Contract, ZeroAddress, type Signer } from "ethers";
import type { ListedPrice } from "../listing.js";
import { NATIVE, type Unit } from "../../parts/words.js";

const TOKEN = ["function symbol() view returns (string)", "function decimals() view returns (uint8)"];

/** How a token is written, as it says on the chain: who sells could make an amount look small. */
export async function unitOf(signer: Signer, token: string): Promise<Unit> {
  if (token === ZeroAddress) return NATIVE;
  const contract = new Contract(token, TOKEN, signer);
  const [symbol, decimals] = (await Promise.all([
    contract.getFunction("symbol")(),
    contract.getFunction("decimals")(),
  ])) as [string, bigint];
  return { symbol: symbol.slice(0, 20), decimals: Number(decimals) };
}

/** The same, as the service says. */
export function listedUnit({ token, symbol, decimals }: ListedPrice): Unit {
  if (token === ZeroAddress) return NATIVE;
  return { symbol: (symbol ?? "units").slice(0, 20), decimals: decimals ?? 0 };
}
