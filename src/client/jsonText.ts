/**
 * JSON in which large integers are text, in decimal.
 *
 * @param value of objects, lists, texts, numbers and large integers
 * @param space spaces of each level, for people. Default: none, and one line
 */
export function jsonText(value: unknown, space?: number): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? one.toString() : one), space);
}
