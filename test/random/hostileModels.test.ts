import { DISTANCES, SIZES, ZEROS } from "./hostile/constants.js";
import { NAMED } from "./hostile/names.js";
import { MANY_ROWS, SHAPES } from "./hostile/shapes.js";
import { itEndsWell } from "./hostile/suite.js";

const COMPILED = "Circom's words";

/** What circom is not asked for here it is asked for in hostileModels.full.test.ts. */
describe("models made to break the compiler", function () {
  const { [COMPILED]: compiled, ...named } = NAMED;
  itEndsWell({ ...SIZES, ...DISTANCES, ...ZEROS, ...SHAPES, ...MANY_ROWS, ...named }, false);
  itEndsWell({ [COMPILED]: compiled }, true);
});
