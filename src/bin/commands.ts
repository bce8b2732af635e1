import { parseArgs } from "node:util";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Parsed } from "./parsed.js";

/** A command of the executable: `torch2circom <name> <argument> [options]`. */
interface Command {
  readonly description: string;
  /** How it is written, after its name. */
  readonly usage: string;
  readonly options: Readonly<Record<string, string>>;
  /** @returns the exit code */
  readonly run: (args: string[]) => Promise<number>;
}

/** The commands by name. Each loads when it is run. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  contribute: {
    description: "Contributes to the key of a model; needs neither the model nor a Hardhat project",
    usage: "<key.zkey | address of a coordinator>",
    options: {
      name: "what you want to be called; everybody can read it (default: anonymous)",
      entropy: "anything you type is mixed with the system's randomness; - asks for it",
      transcript: "the ceremony's transcript (default: transcript.jsonl beside the key, if it is there)",
      out: "the file to write (default: beside the key, with the contribution's number); of an address, the folder (default: torch2circom-contribution)",
      invitation: "the word that the coordinator gave you, where one is needed",
    },
    run: async (args) => (await import("./contribute.js")).contribute(parse("contribute", args)),
  },
  audit: {
    description: "Shows, step by step, that a key is that of a model's circuit, from a setup of many",
    usage: "<bundle.tgz | manifest.json>",
    options: {
      ptau: "the powers of tau that the ceremony began with: a file, or an address (default: hermez, a public ceremony's)",
      "ptau-sha256": "the sha256 that this file must have; without it the powers are verified",
      model: "the model's file (default: the bundle's)",
      require: "hashes of contributions that must be there, such as your own: h1,h2",
      "min-contributions": "the fewest contributions that are enough, a beacon not counted (default: 1)",
      "model-id": "the id that the model should have on chain",
    },
    run: async (args) => (await import("./audit.js")).audit(parse("audit", args)),
  },
};

/** @throws Torch2CircomError for a name that no command has */
export function findCommand(name: string): Command {
  if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name];
  throw usageError(`There is no command ${name}`, "npx torch2circom help");
}

/** The command line of a command: one argument, and options that take a value. */
function parse(name: string, args: string[]): Parsed {
  const { options } = COMMANDS[name];
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries(
        Object.keys(options).map((option) => [option, { type: "string" as const }]),
      ),
    });
    if (positionals.length === 1) return { positional: positionals[0], options: values };
  } catch (error) {
    throw usageError((error as Error).message, `npx torch2circom help ${name}`);
  }
  throw usageError(`${name} takes one argument: ${COMMANDS[name].usage}`, `npx torch2circom help ${name}`);
}

function usageError(problem: string, help: string): Torch2CircomError {
  return new Torch2CircomError("INVALID_ARGUMENT", problem, `See ${help}`);
}

export function overview(): string {
  return [
    "Usage: npx torch2circom <command> …",
    "",
    ...Object.entries(COMMANDS).map(([name, { description }]) => `  ${name.padEnd(12)}${description}`),
    "",
    "npx torch2circom help <command> shows its options. Models are built and paid for with Hardhat: npx hardhat --help",
  ].join("\n");
}

export function helpOf(name: string): string {
  const { description, usage, options } = findCommand(name);
  return [
    `Usage: npx torch2circom ${name} ${usage} [options]`,
    "",
    description,
    "",
    ...Object.entries(options).map(([option, text]) => `  --${option.padEnd(14)}${text}`),
  ].join("\n");
}
