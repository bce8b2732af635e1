import type { Manifest } from "../../src/artifacts/manifestForm.js";
import { knownRange, type Domain } from "./input/domain.js";

/** What a kind of setup means to a buyer. @returns words, given the number of contributions */
export const SETUPS: Readonly<Record<Manifest["setup"], (contributions: number) => string>> = {
  development: () =>
    "made for tests: whoever made it can forge any answer, so it is good on test chains only",
  "single-contributor": () => "made by one contributor, who could forge answers with a secret that was kept",
  ceremony: (contributions) =>
    `made by ${contributions} contributors: answers can be forged only if all of them kept and shared their secrets`,
};

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** An input and its range, in words. */
export function rangeText(domain: Domain): string {
  const { least, greatest } = knownRange(domain);
  const [low, high] = [least, greatest].map((end) => String(Number(end.toPrecision(4))));
  return `${domain.name} of ${domain.shape.join(" × ")} numbers from ${low} to ${high}`;
}
