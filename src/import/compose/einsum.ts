import type { GraphBuilder } from "../../graph/builder.js";
import { sizeOf } from "../../graph/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../operators/operator.js";
import { reduce } from "./arithmetic.js";
import { reshape, transpose, sequence } from "./movement.js";

/**
 * An Einstein sum, from left to right as matrix products. Each operand is a tensor and one letter an axis; "..." is
 * spelt out as capitals first. A letter twice in one operand (a diagonal) is refused.
 */
export function einsum(b: GraphBuilder, equation: string, operands: readonly ValueId[]): ValueId {
  const { terms, result } = parse(b, equation, operands);
  let current = { id: operands[0]!, letters: terms[0]! };
  for (let i = 1; i < operands.length; i++) {
    const later = new Set([...terms.slice(i + 1).join(""), ...result]);
    current = contract(b, current, { id: operands[i]!, letters: terms[i]! }, later);
  }
  const summed = sumOut(b, current, new Set(result));
  return transpose(
    b,
    summed.id,
    [...result].map((letter) => summed.letters.indexOf(letter)),
  );
}

interface Term {
  readonly id: ValueId;
  readonly letters: string;
}

/** One product: letters of both that are needed later batch, letters of both that are not contract. */
function contract(b: GraphBuilder, left: Term, right: Term, later: ReadonlySet<string>): Term {
  const x = sumOut(b, left, new Set([...later, ...right.letters]));
  const y = sumOut(b, right, new Set([...later, ...left.letters]));
  const batch = [...x.letters].filter((letter) => y.letters.includes(letter) && later.has(letter));
  const inner = [...x.letters].filter((letter) => y.letters.includes(letter) && !later.has(letter));
  const rows = [...x.letters].filter((letter) => !y.letters.includes(letter));
  const columns = [...y.letters].filter((letter) => !x.letters.includes(letter));
  const sizes = new Map(
    [x, y].flatMap(({ id, letters }) => [...letters].map((l, i) => [l, b.shapeOf(id)[i]!] as const)),
  );
  const size = (letters: string[]): number[] => letters.map((letter) => sizes.get(letter)!);
  const arrange = ({ id, letters }: Term, order: string[][]): ValueId => {
    const perm = order.flat().map((letter) => letters.indexOf(letter));
    const shape = [...size(order[0]!), ...order.slice(1).map((group) => sizeOf(size(group)))];
    return reshape(b, transpose(b, id, perm), shape);
  };
  const product = b.apply("matmul", [arrange(x, [batch, rows, inner]), arrange(y, [batch, inner, columns])]);
  const letters = [...batch, ...rows, ...columns];
  return { id: reshape(b, product, size(letters)), letters: letters.join("") };
}

function sumOut(b: GraphBuilder, { id, letters }: Term, needed: ReadonlySet<string>): Term {
  const axes = [...letters].flatMap((letter, axis) => (needed.has(letter) ? [] : [axis]));
  if (axes.length === 0) return { id, letters };
  return {
    id: reduce(b, "sum", id, axes, false),
    letters: [...letters].filter((l) => needed.has(l)).join(""),
  };
}

function parse(
  b: GraphBuilder,
  equation: string,
  operands: readonly ValueId[],
): { terms: string[]; result: string } {
  const [left = "", right] = equation.replaceAll(" ", "").split("->");
  const raw = left.split(",");
  if (raw.length !== operands.length || !/^[a-zA-Z.,]*$/.test(left)) {
    throw new OperatorError(`the equation "${equation}" does not fit ${operands.length} tensors`);
  }
  const hidden = raw.map((term, i) => b.shapeOf(operands[i]!).length - term.replace("...", "").length);
  const widest = Math.max(0, ...raw.map((term, i) => (term.includes("...") ? hidden[i]! : 0)));
  // Private-use characters stand for the axes of "...", counted from the last.
  const ellipsis = (count: number): string =>
    String.fromCodePoint(...sequence(count, (i) => 0xe000 + widest - count + i));
  const terms = raw.map((term, i) => term.replace("...", ellipsis(Math.max(0, hidden[i]!))));
  const counts = new Map<string, number>();
  for (const letter of terms.join("")) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const implied =
    ellipsis(widest) +
    [...counts.keys()]
      .filter((l) => l < "\ue000" && counts.get(l) === 1)
      .sort()
      .join("");
  const result = right === undefined ? implied : right.replace("...", ellipsis(widest));
  terms.forEach((term, i) => {
    const valid = new Set(term).size === term.length && term.length === b.shapeOf(operands[i]!).length;
    if (!valid) throw new OperatorError(`the term "${raw[i]}" of "${equation}" does not name each axis once`);
  });
  if (![...result].every((letter) => counts.has(letter)) || new Set(result).size !== result.length) {
    throw new OperatorError(`the result of "${equation}" does not follow from its terms`);
  }
  return { terms, result };
}
