import { checkWidths } from "../../checker/check.js";
import type { AttackFamily } from "../family.js";

/** E11: values that outgrow the widths of the circuit, or the field; and whatever else its text says of the program. */
export const intervals: AttackFamily = {
  id: "E11",
  title: "widths, constants and wires, recomputed from the program's text",
  run(target, trials) {
    const { checks, findings } = checkWidths(target);
    for (const { component, what, evidence } of findings)
      trials.check(what, false, "", `${component}: ${evidence}`);
    if (findings.length === 0)
      trials.check(
        "a width, a constant or a wire that is not the program's",
        true,
        `${checks.toLocaleString("en")} widths, constants and wires of the circuit's text are those of the program`,
        "",
      );
    return undefined;
  },
};
