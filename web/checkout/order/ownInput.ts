import { inputCommitment } from "../../../src/client/inputs.js";
import type { Purchase } from "../../../src/client/service/purchase.js";
import type { OfferedModel } from "../../../src/client/service/serviceModel.js";

/** Whether a job is about the input that is kept with it. A job's file may have one that fits no model. */
export function isOwnInput(
  { manifest }: Pick<OfferedModel, "manifest">,
  { input, job }: Pick<Purchase, "input"> & { readonly job: Pick<Purchase["job"], "inputCommitment"> },
): boolean {
  try {
    return inputCommitment(manifest, input.integers, input.salt) === job.inputCommitment;
  } catch {
    return false;
  }
}
