import { begin } from "./cost/begin.js";
import { writeBenchmarks } from "./cost/document.js";
import { familyMember } from "./cost/family.js";
import { measure, missing } from "./cost/measure.js";
import { FAMILIES, made } from "./cost/models.js";
import { readResults } from "./cost/results.js";
import type { StageName } from "./cost/types.js";

// How time grows with size: `npm run bench families [family ...] [-- --power 20 --runs n --fresh]`. Each family is doubled
// until a proof would be over more than 2^power rows.

const { names, runs, power } = begin(Object.keys(FAMILIES));
const STAGES: readonly StageName[] = [
  ...(["import", "quantize", "second opinion", "link, cold", "key", "witness", "snarkjs"] as const),
];
for (const family of names) {
  const { first, layers } = FAMILIES[family];
  for (let size = first; ; size *= 2) {
    const name = familyMember(family, size);
    if (missing(name, ["quantize"], 1).length > 0)
      await measure(
        made(name, () => layers(size)),
        ["import", "quantize"],
        { runs: 1, keep: true },
      );
    if (readResults().models[name].power! > power) break;
    if (missing(name, STAGES, runs).length === 0) continue;
    const isWell = await measure(
      made(name, () => layers(size)),
      STAGES,
      { runs },
    );
    if (!isWell) break;
    await writeBenchmarks();
  }
  await writeBenchmarks();
}
