/** Where powers and Lagrange bases begin in the whole work, and what share of it they take: about, for a line of progress. */
const POWERS: Readonly<Record<string, readonly [from: number, share: number]>> = {
  tauG1: [0, 0.04],
  tauG2: [0.04, 0.06],
  alphatauG1: [0.1, 0.02],
  betatauG1: [0.12, 0.02],
};
const BASES: Readonly<Record<string, readonly [from: number, share: number]>> = {
  tauG1: [0.14, 0.4],
  tauG2: [0.54, 0.22],
  alphaTauG1: [0.76, 0.12],
  betaTauG1: [0.88, 0.12],
};

/**
 * How far snarkjs is with the verification of powers of tau, by a line of its log.
 *
 * @param power of the file
 * @returns a fraction; undefined for a line that does not say
 */
export function verifiedFraction(line: string, power: number): number | undefined {
  const [, powers, at, of] = /^points relations: (\w+): (\d+)\/(\d+)/.exec(line) ?? [];
  if (powers !== undefined && Object.hasOwn(POWERS, powers))
    return within(POWERS[powers], Number(at) / Number(of));
  // The work of a domain's bases is as its size, and domains come from the smallest to the largest.
  const [, bases, domain] = /^Multiexp start: (\w+)_(\d+): 0\//.exec(line) ?? [];
  if (bases === undefined || !Object.hasOwn(BASES, bases)) return undefined;
  const largest = bases === "tauG1" ? power + 1 : power;
  return within(BASES[bases], (2 ** Number(domain) - 1) / (2 ** (largest + 1) - 1));
}

function within([from, share]: readonly [number, number], fraction: number): number {
  return from + share * fraction;
}
