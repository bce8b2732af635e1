import { SMALL_MODELS } from "../helpers/models.js";
import { isSameAsByCircom, MODES } from "./linking.js";

describe("the linker, all models in all modes", () => {
  for (const name of Object.keys(SMALL_MODELS))
    for (const mode of MODES)
      it(`makes the system and witness of circom of "${name}" (${mode.join(", ")})`, () =>
        isSameAsByCircom(name, mode));
});
