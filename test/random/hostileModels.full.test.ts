import { DISTANCES, SIZES, ZEROS } from "./hostile/constants.js";
import { NAMED } from "./hostile/names.js";
import { SHAPES } from "./hostile/shapes.js";
import { itEndsWell } from "./hostile/suite.js";

describe("models made to break the compiler, and circom", function () {
  itEndsWell({ ...SIZES, ...DISTANCES, ...ZEROS, ...SHAPES, ...NAMED }, true);
});
