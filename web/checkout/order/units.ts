import { ZeroAddress, type ContractRunner } from "ethers";
import { unitOf } from "../../../src/client/unit.js";
import type { ListedPrice } from "../listing.js";
import { NATIVE, shownUnit, type Unit } from "../../parts/words.js";

/**
 * How a token is written, as it says on the chain: who sells could make an amount look small. A token that does not say it is
 * written too, since its payment has to come back all the same.
 */
export async function tokenUnit(runner: ContractRunner, token: string): Promise<Unit> {
  return shownUnit(token, await unitOf(runner, token));
}

/** The same, as the service says. */
export function listedUnit({ token, symbol, decimals }: ListedPrice): Unit {
  if (token === ZeroAddress) return NATIVE;
  return { symbol: (symbol ?? "units").slice(0, 20), decimals: decimals ?? 0 };
}
