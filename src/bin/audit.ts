import { auditBuild, folderOf, isBundle, withBundle } from "../audit/audit.js";
import { describeAudit, isPassed } from "../audit/describe.js";
import { auditTarget, type AuditTarget } from "../audit/target.js";
import { userCache } from "../config/resolve.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { parsePtau } from "../phase1/source.js";
import { createProgress } from "../progress/progress.js";
import type { Parsed } from "./parsed.js";

/** `torch2circom audit`: what `torch2circom:audit` shows without a chain. */
export async function audit({ positional, options }: Parsed): Promise<number> {
  const { model, ptau = "hermez", require: attested } = options;
  const progress = createProgress();
  const parameters = {
    cacheDir: userCache(),
    ptau: parsePtau(ptau, options["ptau-sha256"]),
    attested: attested?.split(",").map((hash) => hash.trim()),
    minContributions: countOf(options["min-contributions"]),
    modelId: options["model-id"],
  };
  const work = async (target: AuditTarget): Promise<number> => {
    const steps = await auditBuild(target, parameters, progress);
    for (const line of describeAudit(target.manifest.name, steps)) console.log(line);
    return isPassed(steps) ? 0 : 1;
  };
  if (isBundle(positional)) return withBundle(positional, model, progress, work);
  return work(await auditTarget(folderOf(positional), model));
}

function countOf(text?: string): number | undefined {
  if (text === undefined || /^\d{1,4}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `--min-contributions ${text} is not a whole number`,
    "Write for example --min-contributions 3.",
  );
}
