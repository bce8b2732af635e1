import { SMALL_MODELS } from "../helpers/models.js";
import { isSameAsCircoms, MODES } from "./linking.js";

describe("the linker, all models in all modes", () => {
  for (const name of Object.keys(SMALL_MODELS))
    for (const mode of MODES)
      it(`makes the system and witness of circom of "${name}" (${mode.join(", ")})`, () =>
        isSameAsCircoms(name, mode));
});
