import { Database } from "../../../src/service/database/database.js";
import { InputKey } from "../../../src/service/jobs/sealed.js";
import { runProver } from "../../../src/service/provers/prover.js";

/** A prover as a process, which may send itself a signal at a line of its log. */
export interface ProcessOptions {
  readonly url: string;
  readonly outDir: string;
  /** Of the service: for its key. */
  readonly folder: string;
  readonly at?: { readonly message: string; readonly signal: NodeJS.Signals; readonly count: number };
}

const { url, outDir, folder, at } = JSON.parse(process.argv[2]) as ProcessOptions;
const database = new Database(url);
let count = 0;
await runProver({
  database,
  models: ["iris"],
  config: { outDir, prover: undefined, rapidsnark: undefined },
  key: await InputKey.load(folder),
  isStillWanted: async () => true,
  log: (fields, message) => {
    process.stdout.write(`${JSON.stringify({ ...fields, message })}\n`);
    if (at?.message === message && ++count === at.count) process.kill(process.pid, at.signal);
  },
});
await database.close();
