/** What a transaction offers for each unit of gas, in wei. */
export interface Fees {
  /** At most, the tip included. */
  readonly maxFee: bigint;
  readonly tip: bigint;
}

/** What the chain asks for each unit of gas, in wei. */
export interface Market {
  /** Of the latest block. */
  readonly baseFee: bigint;
  readonly tip: bigint;
}

/**
 * The fees of a first transaction: enough for a base fee that doubles.
 *
 * @param market of now
 * @param most that is ever offered, in wei
 * @returns undefined if the chain asks for more than that
 */
export function firstFees({ baseFee, tip }: Market, most: bigint): Fees | undefined {
  if (baseFee + tip > most) return undefined;
  return { maxFee: least(2n * baseFee + tip, most), tip };
}

/**
 * The fees of a replacement: both higher by more than an eighth, which is what nodes ask for, and those of a first transaction
 * at least.
 *
 * @param fees of the transaction that is to be replaced
 * @param market of now
 * @param most that is ever offered, in wei
 * @returns undefined if that is not enough for a replacement
 */
export function higherFees(fees: Fees, market: Market, most: bigint): Fees | undefined {
  const [maxFee, tip] = [raised(fees.maxFee), raised(fees.tip)];
  if (maxFee > most || tip > maxFee) return undefined;
  const wanted = greatest(2n * market.baseFee + market.tip, maxFee);
  const offered = least(wanted, most);
  return { maxFee: offered, tip: least(greatest(market.tip, tip), offered) };
}

function raised(fee: bigint): bigint {
  return (fee * 9n) / 8n + 1n;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function greatest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
