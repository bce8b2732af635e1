import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { releaseProblems } from "./release/problems.js";

// Publishes the tagged commit with a provenance statement, which npm accepts only from a CI workflow:
// .github/workflows/release.yml runs this. `npm run release -- --dry-run` shows what would be published, from anywhere.

const dryRun = process.argv.includes("--dry-run");
const git = (...args: string[]): string => execFileSync("git", args, { encoding: "utf8" });

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const problems = releaseProblems({
  version,
  changelog: readFileSync("CHANGELOG.md", "utf8"),
  tags: git("tag", "--points-at", "HEAD").split("\n"),
  status: git("status", "--porcelain"),
});
for (const problem of problems) console.error(problem);

if (problems.length > 0 && !dryRun) process.exitCode = 1;
else {
  const mode = dryRun ? ["--dry-run"] : ["--provenance"];
  execFileSync("npm", ["publish", "--access", "public", ...mode], { stdio: "inherit" });
}
