import { SMALL_MODELS } from "../helpers/models.js";
import { isSameAsByCircom, MODES } from "./linking.js";

describe("the linker", () => {
  const names = Object.keys(SMALL_MODELS);
  const cases = [
    ...names.map((name) => [name, MODES[0]] as const),
    // Each other mode with one model: `link.full.test.ts` has all.
    ...MODES.slice(1).map((mode, i) => [names[(2 * i + 1) % names.length], mode] as const),
  ];
  for (const [name, mode] of cases)
    it(`makes the system and witness of circom of "${name}" (${mode.join(", ")})`, () =>
      isSameAsByCircom(name, mode));
});
