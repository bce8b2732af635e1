import { serve } from "../progress/thread.js";
import { verifyPowersOfTau } from "./verify.js";

/** Answers `verifyPowersOfTau` in a process of its own. The path of the file; and the fraction that is verified. */
serve<string, null, number>(async (ptau, report) => {
  await verifyPowersOfTau(ptau, report);
  return null;
});
