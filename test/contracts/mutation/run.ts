/**
 * Mutation run of the contracts: `npx tsx test/contracts/mutation/run.ts [--every n] [file …]`. Works in a copy of
 * the project, changes one place at a time, and runs the tests that touch the file until one fails. A mutant whose
 * bytecode is the original's is equivalent, one with the bytecode of a mutant before it is that mutant: neither is
 * run. Survivors are printed; docs/security.md explains those that remain. `--every n` takes each n-th mutant.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Compiler, type Bytecodes } from "./compile.js";
import { mutantsOf } from "./mutants.js";
import { ProjectCopy } from "../helpers/projectCopy.js";

const ESCROW = [
  "InferenceEscrow.many",
  "InferenceEscrow.pipeline",
  "InferenceEscrow.oneStep",
  "InferenceEscrow.oneStepBatch",
  "InferenceEscrow.settle",
  "InferenceEscrow.request",
  "threats.many",
  "threats.pipeline",
  "threats.money",
  "threats.callbacks",
  "threats.gas",
  "InferenceEscrow",
  "threats.proofs",
  "InferenceConsumer",
  "gas",
];
const REGISTRY = [
  "ModelRegistry",
  "ModelRegistry.sets",
  "ModelRegistry.pipelines",
  "ModelRegistry.verifyPipeline",
  "threats.proofs",
  "InferenceEscrow.settle",
  "adapters",
  "gas",
];

/** The tests that run a file's code, the likeliest to notice a change first. */
const TESTS: Record<string, readonly string[]> = {
  "InferenceEscrow.sol": ESCROW,
  "escrow/Funding.sol": ESCROW,
  "escrow/Jobs.sol": ESCROW,
  "escrow/Ledger.sol": ESCROW,
  "escrow/Settling.sol": ESCROW,
  "ModelRegistry.sol": REGISTRY,
  "InferenceConsumer.sol": ["InferenceConsumer"],
  "libraries/BatchEvaluation.sol": ["ModelRegistry.sets", "threats.many", "gas"],
  "libraries/BN254.sol": ["InferenceEscrow.settle", "precompiles", ...REGISTRY, ...ESCROW],
  "libraries/CodeStorage.sol": REGISTRY,
  "libraries/Groth16.sol": ["InferenceEscrow.settle", ...REGISTRY],
  "libraries/InputEvaluation.sol": ["InputEvaluation", "RiskFeed"],
  "libraries/ModelId.sol": ["ModelRegistry", "ModelRegistry.sets", "ModelRegistry.pipelines", "adapters"],
  "libraries/OutputCodec.sol": ["OutputCodec", "InferenceConsumer"],
  "libraries/PipelineKey.sol": ["ModelRegistry.pipelines", "ModelRegistry.verifyPipeline", "gas"],
  "libraries/PipelineProof.sol": [
    "ModelRegistry.verifyPipeline",
    "threats.pipeline",
    "InferenceEscrow.pipeline",
    "gas",
  ],
  "libraries/VerificationKey.sol": REGISTRY,
  "adapters/ERC7992Adapter.sol": ["adapters"],
  "adapters/ERC8183Evaluator.sol": ["adapters"],
  "adapters/ERC8183EvaluatorFactory.sol": ["adapters"],
  "examples/CreditDesk.sol": ["InferenceConsumer"],
  "examples/RiskFeed.sol": ["RiskFeed"],
};

/** Runs a file's tests on whatever bytecodes are installed, many times in one process. */
class Worker {
  private readonly child;
  private readonly answers;

  constructor(file: string) {
    const tests = [...new Set(TESTS[file])].map((name) =>
      join(project.path, `test/contracts/${name}.test.ts`),
    );
    this.child = project.start(["run", "--no-compile", "test/contracts/mutation/worker.ts"], {
      MUTATION_TESTS: tests.join(","),
    });
    this.answers = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  }

  async passes(): Promise<boolean> {
    this.child.stdin.write("run\n");
    const { value } = await this.answers.next();
    if (value !== "passed" && value !== "failed")
      throw new Error(`The tests' process said: ${String(value)}`);
    return value === "passed";
  }

  close(): void {
    this.child.stdin.end();
  }
}

type Verdict = "stillborn" | "equivalent" | "duplicate" | "killed" | "survived";

const project = new ProjectCopy();
const compiler = new Compiler(project.path);

/** Puts the bytecodes in the place of those that Hardhat compiled. */
function install(bytecodes: Bytecodes): void {
  for (const [name, bytecode] of bytecodes) {
    const path = join(project.path, "artifacts", `${name.replace(":", "/")}.json`);
    const artifact = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...artifact, bytecode }));
  }
}

/** What is known of a mutant without a test; undefined if it has to be tested. */
function judge(original: Bytecodes, mutated: Bytecodes | undefined, seen: Set<string>): Verdict | undefined {
  if (mutated === undefined) return "stillborn";
  const changed = [...mutated].filter(([name, bytecode]) => bytecode !== original.get(name));
  if (changed.length === 0) return "equivalent";
  const fingerprint = JSON.stringify(changed);
  if (seen.has(fingerprint)) return "duplicate";
  seen.add(fingerprint);
  return undefined;
}

/** Tests what is installed. The Solidity tests compile for themselves, and come last. */
async function test(worker: Worker, name: string, content: string): Promise<Verdict> {
  if (!(await worker.passes())) return "killed";
  writeFileSync(join(project.path, name), content);
  return project.hardhat(["test", "solidity"]) ? "survived" : "killed";
}

/** Runs each `every`-th mutant of a file, and prints those that survive and the counts. */
async function run(file: string, every: number): Promise<void> {
  const name = `contracts/${file}`;
  const source = compiler.source(name);
  const original = compiler.compile(name, source)!;
  const worker = new Worker(file);
  const checkOriginal = async () => {
    install(original);
    if (!(await worker.passes())) throw new Error(`${file}: the tests fail without any mutation.`);
  };
  const counts = { stillborn: 0, equivalent: 0, duplicate: 0, killed: 0, survived: 0 };
  const seen = new Set<string>();
  let running = checkOriginal();
  const chosen = mutantsOf(source).filter((_, index) => index % every === 0);
  for (const [index, { line, before, after }] of chosen.entries()) {
    const content = source
      .split("\n")
      .with(line - 1, after)
      .join("\n");
    // While the mutant before is being tested.
    const mutated = compiler.compile(name, content);
    const known = judge(original, mutated, seen);
    await running;
    // A mutant must not spoil the process for those after it: they would be killed by mistake.
    if (index % 100 === 99) await checkOriginal();
    if (known !== undefined) {
      counts[known]++;
      continue;
    }
    install(mutated!);
    running = test(worker, name, content).then((verdict) => {
      counts[verdict]++;
      if (verdict === "survived") console.log(`${file}:${line}\n- ${before.trim()}\n+ ${after.trim()}`);
    });
  }
  await running;
  await checkOriginal();
  worker.close();
  writeFileSync(join(project.path, name), source);
  console.log(`${file} done: ${JSON.stringify(counts)}`);
}

const { values, positionals: chosen } = parseArgs({
  options: { every: { type: "string", default: "1" } },
  allowPositionals: true,
});
try {
  for (const file of chosen.length > 0 ? chosen : Object.keys(TESTS)) await run(file, Number(values.every));
} finally {
  project.remove();
}
