import { begin } from "./cost/begin.js";
import { familyMember } from "./cost/family.js";
import { hasFailed, measure, missing } from "./cost/measure.js";
import { FAMILIES, made } from "./cost/models.js";
import { readResults } from "./cost/results.js";
import { removeProducts } from "./cost/subject.js";
import type { StageName } from "./cost/types.js";

// How time grows with size: `npm run bench families [family ...] [-- --power 20 --runs n --fresh]`. Each family is doubled
// until a proof would be over more than 2^power rows.

const { names, runs, power } = begin(Object.keys(FAMILIES));
const FIRST: readonly StageName[] = ["import", "quantize"];
const STAGES: readonly StageName[] = [
  ...FIRST,
  ...(["second opinion", "link, cold", "key", "witness", "snarkjs"] as const),
];
for (const family of names) {
  const { least, layers } = FAMILIES[family];
  for (let size = least; ; size *= 2) {
    const name = familyMember(family, size);
    const member = () => made(name, () => layers(size));
    // The size of a proof is known once the model is quantized.
    if (missing(name, FIRST, 1).length > 0) await measure(member(), FIRST, { runs: 1, keep: true });
    const { power: own = Infinity } = readResults().models[name];
    if (own <= power && missing(name, STAGES, runs).length > 0) await measure(member(), STAGES, { runs });
    removeProducts(name);
    if (own > power || hasFailed(name)) break;
  }
}
