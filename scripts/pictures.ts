import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { takeTerminal } from "./pictures/terminal.js";

// `npm run pictures`: the pictures of the documents, from the real thing. Those of pages are taken by the tests that compare them.

const PAGES = globSync(["test/web/*.test.ts", "test/report/browser.test.ts"]).sort();

const { status } = spawnSync(
  join("node_modules", ".bin", "hardhat"),
  ["test", "mocha", "--no-compile", ...PAGES],
  { stdio: "inherit", env: { ...process.env, PICTURES: "write" } },
);
if (status !== 0) process.exit(status ?? 1);
await takeTerminal();
