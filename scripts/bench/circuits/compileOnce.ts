import { compileCircom } from "../../../src/circom/compile.js";

// Compiles one circuit in a process of its own, so that its peak of memory is its own: `main outDir libraries`.

const [main, outDir, libraries] = process.argv.slice(2);
const start = performance.now();
const { constraints } = await compileCircom({
  main,
  outDir,
  libraries: JSON.parse(libraries) as Record<string, string>,
  wasm: false,
});
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ ...constraints, seconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
