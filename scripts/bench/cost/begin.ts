import { parseArgs } from "node:util";
import { compileStages } from "./measure.js";
import { otherMachine, startOver } from "./results.js";
import { removeProducts } from "./subject.js";

export interface Begun {
  /** Models or families to be measured. */
  readonly names: readonly string[];
  /** How often each stage is to be measured, runs from before included. */
  readonly runs: number;
  /** Of two: the largest domain of a proof. */
  readonly power: number;
  /** Whether to leave out what takes longest. */
  readonly quick: boolean;
}

const OPTIONS = {
  runs: { type: "string", default: "1" },
  power: { type: "string", default: "20" },
  fresh: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
} as const;

/** Whether figures were given up already: all parts of one command share them. */
let isFresh = false;

/**
 * Reads the command line, and readies figures and stages. Ends this process with a message for names and options that there
 * are not, where the figures are of another machine, and on systems without `/proc`.
 *
 * @param all that can be named; none named means all
 */
export function begin(all: readonly string[]): Begun {
  const { values, positionals } = commandLine();
  const unknown = positionals.find((name) => !all.includes(name));
  if (unknown !== undefined) refuse(`There is no ${unknown}: choose from ${all.join(", ")}.`);
  if (process.platform !== "linux") refuse("Stages are measured by /proc, which Linux alone has.");
  const [runs, power] = [wholeNumber("runs", values.runs), wholeNumber("power", values.power)];
  if (values.fresh && !isFresh) {
    isFresh = true;
    startOver();
    removeProducts();
  }
  const other = otherMachine();
  if (other !== undefined)
    refuse(
      `docs/benchmarks.json has figures of another machine, ${JSON.stringify(other)}: --fresh starts over.`,
    );
  compileStages();
  return { names: positionals.length === 0 ? all : positionals, runs, power, quick: values.quick };
}

function commandLine() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function wholeNumber(name: string, text: string): number {
  return /^[1-9]\d?$/.test(text)
    ? Number(text)
    : refuse(`--${name} takes a number from 1 to 99, not ${text}.`);
}

function refuse(why: string): never {
  console.error(why);
  process.exit(1);
}
