/** How results call a member of a family. */
export const familyMember = (family: string, size: number): string => `${family}/${size}`;

/** The members' sizes among names of results, in order. */
export function sizesOf(family: string, names: readonly string[]): number[] {
  const own = names.filter((name) => name.startsWith(`${family}/`));
  return own.map((name) => Number(name.slice(family.length + 1))).sort((a, b) => a - b);
}
