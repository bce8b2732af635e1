import { writeBenchmarks } from "./cost/document.js";

// `npm run bench document`: docs/benchmarks.md and its plots again, from docs/benchmarks.json.
await writeBenchmarks();
