import { mod } from "../groth16/field.js";
import { execute } from "../program/execute.js";
import type { Program } from "../program/types.js";
import type { AttackTarget } from "./types.js";

/** The output words that a program gives for the target's sample; undefined where it takes or gives another shape. */
export function packed({ input, inputs, outputs }: AttackTarget, program: Program): bigint[] | undefined {
  const integers = inputs.map(({ signal }) => [input[signal]].flat(Infinity as 1).map(Number));
  const fits = program.inputs.every(
    ({ tensor }, i) => program.operations[tensor].size === integers[i]?.length,
  );
  if (!fits || program.outputs.length !== outputs.length) return undefined;
  const values = execute(
    program,
    integers.map((list) => Float64Array.from(list)),
  );
  const words: bigint[] = [];
  for (const [i, { count, width, offset, perWord, words: wordCount }] of outputs.entries()) {
    const list = values[program.outputs[i].tensor];
    if (list.length !== count) return undefined;
    const own = new Array<bigint>(wordCount).fill(0n);
    // Sums and not bits: another model's outputs may be out of this one's range.
    list.forEach((value, element) => {
      const word = Math.floor(element / perWord);
      own[word] = mod(own[word] + (BigInt(value - offset) << BigInt(width * (element % perWord))));
    });
    words.push(...own);
  }
  return words;
}

/** The program with the weights of one linear layer negated, and its biases left. */
export function withOtherWeights(program: Program): { name: string; program: Program }[] {
  return program.operations.flatMap((operation, i) => {
    if (operation.kind !== "linear") return [];
    const weights = operation.weights.map((w, k) => (k % 2 === 0 ? -w : w));
    const operations = program.operations.map((other, j) => (j === i ? { ...operation, weights } : other));
    return [
      { name: `this model with other weights in ${operation.name}`, program: { ...program, operations } },
    ];
  });
}
