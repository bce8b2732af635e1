import { isExactHead } from "./exact.js";

describe("causal attention: every input has its witness", function () {
  it("a head of 32 with learned positions of size 4: at all corners, and between", () => isExactHead(32, 4));
});
