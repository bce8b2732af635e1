#!/usr/bin/env node
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { COMMANDS, findCommand, helpOf, overview } from "./commands.js";

// The executable of the package, for those who have no project: contributors to a key.

const [name, ...args] = process.argv.slice(2);
try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = 1;
  if (error instanceof Torch2CircomError) console.error(`${error.problem}\n${error.remedy}`);
  else console.error(error instanceof Error ? error.message : String(error));
}

async function main(): Promise<number> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    const about = name === "help" ? args.at(0) : undefined;
    console.log(about !== undefined && Object.hasOwn(COMMANDS, about) ? helpOf(about) : overview());
    return 0;
  }
  if (args.includes("--help") || args.includes("-h")) {
    console.log(helpOf(name));
    return 0;
  }
  return findCommand(name).run(args);
}
