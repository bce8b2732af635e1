import { isSameAsByCircomInThree } from "./batching.js";
import type { Mode } from "./linking.js";

const CASES: readonly (readonly [string, Mode])[] = [
  ["dense, relu, dense", ["committed", "public", "public"]],
  ["grouped conv, relu, max pool, flatten, dense", ["evaluated", "committed", "private"]],
  ["embedding, gate, RMS norm, mean, pool", ["committed", "public", "private"]],
  ["every form of activation", ["evaluated", "public", "public"]],
];

describe("circuits of many jobs, in more modes", () => {
  for (const [name, mode] of CASES)
    it(`are linked as circom makes them, and show what the jobs show: three of "${name}" (${mode.join(", ")})`, () =>
      isSameAsByCircomInThree(name, mode));
});
