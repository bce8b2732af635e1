import { requireDistinctDeltas } from "../phase2/distinctDeltas.js";
import { auditStep, type AuditStep } from "./steps.js";

/** Whether the keys of one model have deltas of their own; no step for one key. */
export async function auditDeltas(
  keys: readonly { readonly name: string; readonly key: string }[],
): Promise<AuditStep[]> {
  if (keys.length === 1) return [];
  const step = await auditStep("deltas", () => {
    requireDistinctDeltas(keys);
    return `those of ${keys.length} keys differ`;
  });
  return [step];
}
