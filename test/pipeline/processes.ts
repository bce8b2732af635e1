import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { FIXTURES, temporaryFolder } from "../plugin/project.js";

/** What a process of `buildThere.ts` prints. */
export interface BuiltThere {
  readonly built: Readonly<Record<string, string>>;
  readonly again: Readonly<Record<string, string>>;
  readonly recipe: string;
  readonly report: string;
  readonly verificationKey: string;
  readonly modelHash: string;
  /** Where it was built. */
  readonly folder: string;
}

/** A surrounding that no byte of a build may depend on. */
export interface Surrounding {
  /** Path of the Node. @default this one */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the folder. */
  readonly suffix?: string;
  /** Options of Node. */
  readonly options?: readonly string[];
}

const preload = (file: string) => ["--import", pathToFileURL(join(import.meta.dirname, file)).href];

/** The option of Node by which the last digits of `Math` are others. */
export const OTHER_MATH = preload("otherMath.ts");

/** What a script of this folder prints. */
async function run(
  script: string,
  parameters: readonly string[],
  { node = process.execPath, env = {}, options = [] }: Surrounding,
): Promise<string> {
  const { stdout } = await promisify(execFile)(
    node,
    ["--import", "tsx", ...options, join(import.meta.dirname, script), ...parameters],
    { env: { ...process.env, NODE_OPTIONS: "", NODE_COMPILE_CACHE: "", ...env } },
  );
  return stdout;
}

/** Builds a model of test/fixtures/models in a process of its own. */
export async function buildThere(model: string, surrounding: Surrounding): Promise<BuiltThere> {
  const folder = temporaryFolder() + (surrounding.suffix ?? "");
  const samples = join(FIXTURES, model);
  const stdout = await run("buildThere.ts", [folder, join(samples, "model.pt2"), samples], surrounding);
  return { ...(JSON.parse(stdout) as Omit<BuiltThere, "folder">), folder };
}

/** The hash of a model's program, made in a process of its own. */
export async function programThere(model: string, surrounding: Surrounding): Promise<string> {
  return (await run("programThere.ts", [join(FIXTURES, model)], surrounding)).trim();
}
