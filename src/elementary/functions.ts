/**
 * Elementary functions, each result the double nearest to the true value, with the special values of IEEE 754. `Math` has
 * them too, but ECMAScript leaves their last digits open: engines and processors differ in them, and a model's circuit
 * would differ with them.
 */
export { exp, expm1, log, log10, log1p } from "./exponential.js";
export { acosh, asinh, atanh, cosh, sinh, tanh } from "./hyperbolic.js";
export { pow } from "./pow.js";
export { acos, asin, atan, cos, sin, tan } from "./trigonometric.js";

/** x x: unlike `x ** 2`, the one product that IEEE 754 defines. */
export function square(x: number): number {
  return x * x;
}
