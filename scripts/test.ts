import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join, resolve, sep } from "node:path";

// The project's checks: `npm test`, or `npm run test:full` with the long suites. Contracts are compiled first; then one
// job more than there are cores runs side by side, since some wait for processes and nodes. Every job runs even if one
// before it failed; the output of each is shown when it ends, and the last line counts all.

const full = process.argv.includes("--full");

/** The pinned Node for all, what it has compiled of the modules that each job loads, and a cache of the tests' own. */
const env = {
  ...process.env,
  PATH: [resolve("node_modules", ".bin"), process.env.PATH].join(delimiter),
  NODE_COMPILE_CACHE: resolve("cache", "node"),
  // Compiled gadgets, which a user's builds share.
  XDG_CACHE_HOME: resolve("cache"),
  ...(full && { TORCH2CIRCOM_TEST_FULL: "1" }),
};

interface Job {
  readonly name: string;
  readonly command: readonly string[];
}

interface Result {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  /** The last of what it printed. */
  readonly end: string;
}

const LINES_AT_THE_END = 60;

/** Milliseconds from the end of a job to the end of its output. */
const OUTPUT_TIME = 5_000;

/** Folders that take long, each a job, the longest first. To start a job takes seconds, so that all others are one. */
const LARGE = [
  "plugin",
  "contracts",
  "runtime",
  "ceremony",
  "web",
  "service",
  "link",
  "circuits",
  "netlist",
  "package",
  "random",
  "operators",
  "audit",
  "documents",
  "attack",
  "threats",
  "client",
  "import",
  "checker",
  "groth16",
  "phase2",
];

const mocha = (name: string, files: readonly string[]): Job => ({
  name,
  command: ["hardhat", "test", "mocha", "--no-compile", ...files],
});

/** The test files as jobs: a long suite by itself, a large folder, or all that is small. */
function testJobs(): Job[] {
  const files = globSync("test/**/*.test.ts").sort();
  const isLong = (file: string) => file.endsWith(".full.test.ts");
  const folderOf = (file: string) => file.split(sep)[1];
  const short = files.filter((file) => !isLong(file));
  const others = short.filter((file) => !LARGE.includes(folderOf(file)));
  return [
    ...LARGE.map((folder) =>
      mocha(
        `test/${folder}`,
        short.filter((file) => folderOf(file) === folder),
      ),
    ),
    mocha([...new Set(others.map(folderOf))].join(" "), others),
    ...files.filter((file) => full && isLong(file)).map((file) => mocha(file, [file])),
  ];
}

const COMPILE: Job = { name: "contracts compile", command: ["hardhat", "build"] };

const TYPED_LINT: Job = {
  name: "lint with types",
  command: [
    "eslint",
    "-c",
    "eslint.types.config.js",
    "--max-warnings",
    "0",
    "src",
    "tasks",
    "scripts",
    "test",
  ],
};

const jobs: readonly Job[] = [
  // Compiled before: nothing may write artifacts while others read them.
  { name: "contracts", command: ["hardhat", "test", "solidity", "--no-compile"] },
  ...testJobs(),
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "types of pages", command: ["tsc", "--noEmit", "-p", "web"] },
  { name: "lint", command: ["eslint", "--max-warnings", "0", "."] },
  ...(full ? [TYPED_LINT] : []),
  {
    name: "spelling",
    command: ["cspell", "lint", "--no-progress", "--no-summary", "**/*.{ts,tsx,md,sol,circom}"],
  },
  { name: "format", command: ["prettier", "--check", "--log-level", "warn", "."] },
  { name: "lint contracts", command: ["solhint", "--max-warnings", "0", "contracts/**/*.sol"] },
];

/** Runs a job and shows its output. A test runner's own counts are taken from it; another job counts as one check. */
async function run({ name, command }: Job, progress: () => string): Promise<Result> {
  const start = performance.now();
  const [tool, ...args] = command;
  const child = spawn(join("node_modules", ".bin", tool), args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    // What a job that died has left running may hold its output open for ever.
    child.on("exit", (...how) => setTimeout(resolve, OUTPUT_TIME, how)).on("close", (...how) => resolve(how)),
  );
  if (signal !== null) output += `\nkilled by ${signal}`;
  const count = (word: string) =>
    [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, "gm"))].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  const failing = count("failing");
  const result = {
    name,
    end: output.trimEnd().split("\n").slice(-LINES_AT_THE_END).join("\n"),
    passed: count("passing") || (code === 0 ? 1 : 0),
    failed: code === 0 ? failing : Math.max(failing, 1),
  };
  const verdict = result.failed === 0 ? "passed" : "FAILED";
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${output.trimEnd()}\n== ${progress()} ${name}: ${verdict} in ${seconds} s`);
  return result;
}

const results: Result[] = [await run(COMPILE, () => "contracts")];
const waiting = [...jobs];
let ended = 0;
const worker = async (): Promise<void> => {
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift())
    results.push(await run(job, () => `${++ended} of ${jobs.length}`));
};
await Promise.all(Array.from({ length: availableParallelism() + 1 }, worker));

// Once more, since whoever sees only the end of a long output has to see why.
for (const { name, failed, end } of results) if (failed > 0) console.log(`\n== ${name} FAILED:\n${end}`);

const total = (of: "passed" | "failed") => results.reduce((sum, result) => sum + result[of], 0);
console.log(`\n${total("passed")} passed, ${total("failed")} failed`);
if (total("failed") > 0) process.exitCode = 1;
