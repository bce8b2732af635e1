import { readdirSync } from "node:fs";
import { FIXTURES } from "../plugin/project.js";
import { widthsHold } from "./widths.js";

describe("widths of every fixture model, recomputed from its program", function () {
  this.timeout(600_000);

  for (const name of readdirSync(FIXTURES).sort()) {
    it(name, async () => {
      console.log(`      ${await widthsHold(name)} widths and bounds`);
    });
  }
});
