import { SMALL_MODELS } from "../helpers/models.js";
import { isExecutor } from "./secretCircuits.js";

describe("circuits of all small models, with private weights", function () {
  for (const name of Object.keys(SMALL_MODELS)) {
    if (name === "large vocabularies") continue; // no layer of weights
    it(`${name}: is the executor on every input, at the netlist's cost`, () => isExecutor(name));
  }
});
