import { chmod, readFile } from "node:fs/promises";
import { z } from "zod";
import { writeWhole } from "../artifacts/writeFile.js";
import { commitWeights, randomSalt } from "../client/commitment.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { mod } from "../groth16/field.js";
import type { Netlist } from "../netlist/types.js";
import { secretsOf, withSecrets } from "../program/secret.js";
import type { Program } from "../program/types.js";

/** What only the prover of a build with private weights has: the circuit's words and the salt of their commitment. */
export interface WeightSecrets {
  readonly salt: bigint;
  readonly words: readonly bigint[];
}

const decimal = z.string().regex(/^\d+$/).transform(BigInt);
const integers = z.array(z.number().int());
const schema = z
  .object({
    format: z.literal("torch2circom-private-weights-1"),
    salt: decimal,
    words: z.array(decimal),
    layers: z.array(z.object({ weights: integers, bias: integers }).strict()),
  })
  .strict();

/**
 * Writes the weights of a build to a file of their own, the only one that holds them. A salt that is there is kept, so
 * that the same weights have the same commitment.
 *
 * @returns the commitment
 */
export async function writeSecrets(path: string, program: Program, netlist: Netlist): Promise<bigint> {
  const before = await readFile(path, "utf8").then(
    (text) => schema.safeParse(tryJson(text)).data,
    () => undefined,
  );
  const salt = before?.salt ?? randomSalt();
  const words = netlist.weightWords.map(mod);
  const file = {
    format: "torch2circom-private-weights-1",
    salt: salt.toString(),
    words: words.map(String),
    layers: secretsOf(program),
  };
  await writeWhole(path, `${JSON.stringify(file)}\n`);
  await chmod(path, 0o600);
  return commitWeights(salt, words);
}

/**
 * The weights of a build, if they are here.
 * @returns the whole program, and what the circuit takes; undefined without the file
 * @throws Torch2CircomError where they are not those of the build's commitment
 */
export async function readSecrets(
  path: string,
  program: Program,
  commitment: bigint,
): Promise<{ program: Program; secrets: WeightSecrets } | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(tryJson(text));
  const wrong = (cause?: Error) =>
    new Torch2CircomError(
      "WEIGHTS_MISSING",
      `${path} does not hold the weights of this build`,
      "Bring back the file that the build wrote, or build the model again.",
      cause,
    );
  if (!parsed.success) throw wrong(parsed.error);
  const { salt, words, layers } = parsed.data;
  if (commitWeights(salt, words) !== commitment) throw wrong();
  try {
    return { program: withSecrets(program, layers), secrets: { salt, words } };
  } catch (error) {
    throw wrong(error as Error);
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
