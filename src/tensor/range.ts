/**
 * The ends of a list of any length; engines refuse `Math.max(...list)` from some 100,000 numbers on.
 *
 * @param values without NaN
 * @returns Infinity and -Infinity for none
 */
export function rangeOf(values: Iterable<number>): { readonly least: number; readonly greatest: number } {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}
