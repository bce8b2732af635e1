import { expect } from "chai";
import { judgeHostile } from "./judge.js";
import type { Hostile } from "./model.js";

/** Each case ends in a refusal by the name of a layer, or in a circuit that is exact. */
export function itEndsWell(cases: Readonly<Record<string, () => Hostile>>, compiled: boolean): void {
  for (const [name, make] of Object.entries(cases))
    it(`${name}${compiled ? ", compiled" : ""}`, async () => {
      const outcome = await judgeHostile(`hostile ${name}`, make, compiled);
      expect(outcome.kind === "failed" ? `${outcome.failure}: ${outcome.text}` : "").to.equal("");
    });
}
