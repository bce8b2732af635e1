/** A real number between two multiples of a power of two: (value - error) 2^exponent and (value + error) 2^exponent. */
export interface Enclosure {
  readonly value: bigint;
  readonly error: bigint;
  readonly exponent: number;
}

/** Fraction bits of the first attempt, which nearly always suffice, and of the last. */
const FIRST = 160;
const LAST = 640;

/** No double, and no point midway between two, has more significant bits. */
const EXACT_BITS = 64;

/**
 * The double nearest to a real number, ties to even: the enclosure is narrowed until both of its ends round alike.
 *
 * A number that is itself a double, or midway between two, is never decided so. It has few significant bits, so the
 * nearest number of few bits is taken in the end: any other number that near to it would be a wonder of 2^-500.
 *
 * @param enclose encloses the number by arithmetic on so many fraction bits
 */
export function nearestDouble(enclose: (bits: number) => Enclosure): number {
  for (let bits = FIRST; ; bits *= 2) {
    const { value, error, exponent } = enclose(bits);
    const least = toDouble(value - error, exponent);
    if (Object.is(least, toDouble(value + error, exponent))) return least;
    if (bits < LAST) continue;
    const surplus = Math.max(0, bitLengthOf(value) - EXACT_BITS);
    return toDouble(divideByPower(value, surplus), exponent + surplus);
  }
}

/** value 2^exponent as the nearest double, ties to even. */
export function toDouble(value: bigint, exponent: number): number {
  if (value < 0n) return -toDouble(-value, exponent);
  // A double has 53 significant bits, of which none is below 2^-1074.
  const surplus = Math.max(bitLengthOf(value) - 53, -1074 - exponent);
  if (surplus <= 0) return scaled(Number(value), exponent);
  const floor = value >> BigInt(surplus);
  const rest = value - (floor << BigInt(surplus));
  const half = 1n << BigInt(surplus - 1);
  const up = rest > half || (rest === half && (floor & 1n) === 1n);
  return scaled(Number(up ? floor + 1n : floor), exponent + surplus);
}

/** whole 2^exponent where that is a double, or beyond all. */
function scaled(whole: number, exponent: number): number {
  if (whole === 0) return 0;
  // 2^exponent itself may be below all doubles, or above.
  if (exponent < -1074) return (whole * 2 ** (exponent + 64)) / 2 ** 64;
  return exponent > 1000 ? whole * 2 ** 1000 * 2 ** (exponent - 1000) : whole * 2 ** exponent;
}

/** value / 2^bits to the nearest integer. */
function divideByPower(value: bigint, bits: number): bigint {
  return bits === 0 ? value : (value + (1n << BigInt(bits - 1))) >> BigInt(bits);
}

/** Bits of the magnitude. */
export function bitLengthOf(value: bigint): number {
  const digits = (value < 0n ? -value : value).toString(16);
  return value === 0n ? 0 : 4 * (digits.length - 1) + (32 - Math.clz32(parseInt(digits[0], 16)));
}

const view = new DataView(new ArrayBuffer(8));

/** A finite double as integer times power of two, exactly. */
export function exactly(x: number): { readonly mantissa: bigint; readonly exponent: number } {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: x < 0 ? -mantissa : mantissa, exponent: Math.max(biased, 1) - 1075 };
}

/** A finite double times 2^bits: exact where it has no lower bits, else rounded down. */
export function toFixedPoint(x: number, bits: number): bigint {
  const { mantissa, exponent } = exactly(x);
  const shift = BigInt(bits + exponent);
  return shift >= 0n ? mantissa << shift : mantissa >> -shift;
}
