/** A number that a program would hold as an integer of 32 bits, and that is none. */
export class NotInt32Error extends RangeError {}

/**
 * Integers of 32 bits, checked: a typed array alone would wrap what is beyond them, and make 0 of what is not a number.
 *
 * @param values whole numbers of [-2^31, 2^31)
 * @param what they are, for the error
 * @throws NotInt32Error for any other number
 * @example int32s([1, -2], "weights")
 */
export function int32s(values: ArrayLike<number>, what: string): Int32Array {
  const result = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    result[i] = values[i];
    if (result[i] !== values[i])
      throw new NotInt32Error(
        `${what} would hold ${values[i]}, which is not an integer of 32 bits: the scales of what is joined here are too far apart`,
      );
  }
  return result;
}

/** As {@link int32s}, of so many values, each by its place. @example int32sOf(4, (i) => i % 2) */
export function int32sOf(length: number, value: (i: number) => number, what = "an index"): Int32Array {
  const result = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const exact = value(i);
    result[i] = exact;
    if (result[i] !== exact)
      throw new NotInt32Error(`${what} would be ${exact}, which is not an integer of 32 bits`);
  }
  return result;
}
