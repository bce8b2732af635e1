/**
 * Runs the test files that are its arguments once for each line of its input, and answers `passed` or `failed`. One
 * process for many runs: artifacts are read anew, and the chain is put back to where it was.
 */
import { createInterface } from "node:readline";
import { artifacts } from "hardhat";
import Mocha from "mocha";
import { networkHelpers, provider } from "../helpers/escrow.js";

/** A reporter that says nothing, since the answers are on the standard output. */
class Silent extends Mocha.reporters.Base {
  override epilogue(): void {
    return;
  }
}

/** Puts what failed first in the next run: neighboring mutants mostly fail the same test. */
function promote(failed: Mocha.Runnable): void {
  if (failed.parent !== undefined) toFront(failed.parent.tests, failed as Mocha.Test);
  for (let suite = failed.parent; suite?.parent !== undefined; suite = suite.parent) {
    toFront(suite.parent.suites, suite);
  }
}

function toFront<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index > 0) list.unshift(...list.splice(index, 1));
}

// A promise that nobody waits for any more, when its test has failed already. Hardhat would end the process.
process.removeAllListeners("unhandledRejection");
process.on("unhandledRejection", () => undefined);

const mocha = new Mocha({ bail: true, timeout: 60_000, reporter: Silent });
mocha.cleanReferencesAfterRun(false);
for (const file of process.env.MUTATION_TESTS!.split(",")) mocha.addFile(file);
await mocha.loadFilesAsync();
const runs = createInterface(process.stdin)[Symbol.asyncIterator]();
while ((await runs.next()).done !== true) {
  await artifacts.clearCache();
  networkHelpers.clearSnapshots();
  const snapshot = await provider.request({ method: "evm_snapshot" });
  const failures = await new Promise((resolve) => mocha.run(resolve).on("fail", promote));
  await provider.request({ method: "evm_revert", params: [snapshot] });
  process.stdout.write(failures === 0 ? "passed\n" : "failed\n");
}
process.exit();
