import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// `npm run bench <name>`: one script of scripts/bench. Benchmarks print and document figures; they are not tests.

const folder = join(import.meta.dirname, "bench");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));
const name = process.argv[2];
if (name === undefined || !names.includes(name)) {
  console.error(`Usage: npm run bench <${names.join(" | ")}>`);
  process.exitCode = 1;
} else {
  await import(pathToFileURL(join(folder, `${name}.ts`)).href);
}
