import { begin } from "./cost/begin.js";
import { measure, missing } from "./cost/measure.js";
import { MODELS } from "./cost/models.js";
import { TRUST_MODELS, trustName } from "./cost/trustSection.js";
import { TRUST_STAGES } from "./cost/types.js";

// CPU time and memory of the steps of a ceremony, and of its audit: `npm run bench trust [model ...] [-- --quick --runs n]`.
// With --quick without what snarkjs verifies. The powers of tau are made here: of mnist_lenet5 that takes half an hour.

const { names, runs, quick } = begin(TRUST_MODELS);
const BY_SNARKJS = ["verify, snarkjs", "finalize", "audit"];
const stages = TRUST_STAGES.filter((stage) => !quick || !BY_SNARKJS.includes(stage));
for (const model of names) {
  const name = trustName(model);
  if (missing(name, stages, runs).length > 0) await measure({ ...MODELS[model](), name }, stages, { runs });
}
