import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// `npm run bench <name>`: one script of scripts/bench, or those of docs/benchmarks.md without a name. Benchmarks print and
// document figures; they are not tests.

const folder = join(import.meta.dirname, "bench");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));
const [name, ...rest] = process.argv.slice(2);
if (name !== undefined && !name.startsWith("-") && !names.includes(name)) {
  console.error(`Usage: npm run bench [${names.join(" | ")}]`);
  process.exitCode = 1;
} else {
  const isPart = name !== undefined && !name.startsWith("-");
  process.argv.splice(2, Infinity, ...(isPart ? rest : process.argv.slice(2)));
  for (const script of isPart ? [name] : ["stages", "families", "many", "peers"])
    await import(pathToFileURL(join(folder, `${script}.ts`)).href);
}
