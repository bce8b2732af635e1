import { parseArgs } from "node:util";
import { writeBenchmarks } from "./cost/document.js";
import { otherMachine, addService } from "./cost/results.js";
import { serviceSection } from "./cost/serviceSection.js";
import { measureCeiling } from "./service/ceiling.js";
import { measureQuotes } from "./service/quotes.js";
import { sell } from "./service/sales.js";

// What a service sells in a minute, and where the next limit is: `npm run bench service [-- --jobs n --quick]`. With --quick
// it shows that all can be measured: the figures of few jobs say little, and are not kept.

const { values } = parseArgs({
  options: { jobs: { type: "string", default: "300" }, quick: { type: "boolean", default: false } },
});
const { quick } = values;
const jobs = quick ? 8 : Number(values.jobs);
if (!Number.isInteger(jobs) || jobs < 1) {
  console.error(`--jobs takes a whole number, not ${values.jobs}.`);
  process.exit(1);
}
const other = otherMachine();
if (!quick && other !== undefined) {
  console.error(`docs/benchmarks.json has figures of another machine, ${JSON.stringify(other)}.`);
  process.exit(1);
}

const ceiling = await measureCeiling(quick ? 50 : 2000);
console.log(
  `The database accepts ${ceiling.accept} jobs/s, and proves ${ceiling.prove} of them without proofs`,
);
const quotes = await measureQuotes(quick ? 2 : 20);
console.log(`${quotes} quotes/s`);
const sales = [];
for (const provers of [1, 2]) {
  const sold = await sell(provers, jobs);
  sales.push(sold);
  console.log(JSON.stringify(sold));
}
const figures = { sales, quotes, ceiling };
if (quick) console.log(serviceSection({ service: figures }));
else {
  addService(figures);
  await writeBenchmarks();
}
