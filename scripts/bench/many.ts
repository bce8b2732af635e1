import { findRapidsnark } from "../../src/groth16/chooseProver.js";
import { begin } from "./cost/begin.js";
import { measure, missing } from "./cost/measure.js";
import { MODELS } from "./cost/models.js";
import { MANY_MODELS, partsOf } from "./cost/many.js";
import type { StageName } from "./cost/types.js";

// Many jobs in one proof, and one model in many proofs: `npm run bench many [model ...] [-- --runs n --fresh]`.

const { names, runs } = begin(MANY_MODELS);
const rapidsnark = await findRapidsnark({ rapidsnark: undefined });
if (rapidsnark === undefined) console.log("rapidsnark is not on the PATH: its proofs are left out");
const STAGES: readonly StageName[] = [
  ...(["quantize", "link, cold", "key", "witness", "snarkjs"] as const),
  ...(rapidsnark === undefined ? [] : (["rapidsnark"] as const)),
];
for (const model of names)
  for (const { name, part } of partsOf(model))
    if (missing(name, STAGES, runs).length > 0)
      await measure({ ...MODELS[model](), name, part }, STAGES, { runs });
