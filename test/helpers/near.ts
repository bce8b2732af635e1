import { expect } from "chai";

/** Asserts that two floats are close. Chai's own `closeTo` is replaced by one for whole numbers where Hardhat's matchers are loaded. */
export function expectNear(actual: number, expected: number, tolerance: number, what = "value"): void {
  expect(Math.abs(actual - expected), `${what} ${actual}, not ${expected}`).to.be.at.most(tolerance);
}
