import { readdirSync } from "node:fs";
import { FIXTURES } from "../plugin/project.js";
import { widthsHold } from "./fixture.js";

describe("widths of every fixture model, recomputed from its texts", function () {
  for (const name of readdirSync(FIXTURES).sort())
    it(name, async () => {
      const { checks, seconds } = await widthsHold(name);
      console.log(`      ${checks.toLocaleString("en")} checks in ${seconds.toFixed(2)} s`);
    });
});
