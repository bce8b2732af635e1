import { expect } from "chai";
import { asPluginError } from "../../src/hook-handlers/pluginError.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

describe("what Hardhat prints of an error", () => {
  it("has its lines, and nothing that draws over them in a terminal", () => {
    const error = new Torch2CircomError(
      "KEY_INVALID",
      "Not \u001b[2J\r\u202emine:\n\ta\n\tb",
      "Ask \u009bthem.",
    );
    const { message } = asPluginError(error) as Error;
    expect(message).to.equal("Not  [2J mine:\n\ta\n\tb.\n  Ask  them.");
  });
});
