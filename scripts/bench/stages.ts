import { chooseProver } from "../../src/groth16/chooseProver.js";
import { begin } from "./cost/begin.js";
import { measure, missing } from "./cost/measure.js";
import { MODELS } from "./cost/models.js";
import { BUILD_STAGES } from "./cost/types.js";

// CPU time and memory of each stage from model file to proof: `npm run bench stages [model ...] [-- --runs n --fresh]`.

const { names, runs } = begin(Object.keys(MODELS));
const rapidsnark = await chooseProver({ prover: "rapidsnark", rapidsnark: undefined }).catch(() => undefined);
if (rapidsnark === undefined) console.log("rapidsnark is not on the PATH: its proofs are left out");
const stages = BUILD_STAGES.filter(
  (stage) => stage !== "circom" && (stage !== "rapidsnark" || rapidsnark !== undefined),
);
for (const name of names)
  if (missing(name, stages, runs).length > 0) await measure(MODELS[name](), stages, { runs });
