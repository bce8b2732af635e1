import type { GraphBuilder } from "../../graph/builder.js";
import { sizeOf } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { reduce } from "./arithmetic.js";
import { reshape, transpose, sequence } from "./movement.js";

/**
 * An Einstein sum, from left to right as matrix products. Each operand is a tensor and one letter an axis; "..." is
 * spelt out as private characters first. A letter twice in one operand is its diagonal.
 */
export function einsum(b: GraphBuilder, equation: string, operands: readonly ValueId[]): ValueId {
  const parsed = parse(b, equation, operands);
  const diagonals = operands.map((id, i) => diagonal(b, { id, letters: parsed.terms[i] }));
  const { result } = parsed;
  const terms = diagonals.map(({ letters }) => letters);
  let current = diagonals[0];
  for (let i = 1; i < operands.length; i++) {
    const later = new Set([...terms.slice(i + 1).join(""), ...result]);
    current = contract(b, current, diagonals[i], later);
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

/** The elements of an operand whose axes of one letter have one index. */
function diagonal(b: GraphBuilder, { id, letters }: Term): Term {
  const first = [...letters].findIndex((letter, axis) => letters.indexOf(letter, axis + 1) > 0);
  if (first < 0) return { id, letters };
  const second = letters.indexOf(letters[first], first + 1);
  const shape = b.shapeOf(id);
  const size = shape[first];
  if (shape[second] !== size)
    throw new OperatorError(`axes of ${size} and ${shape[second]} have no diagonal`);
  const others = sequence(shape.length, (axis) => axis).filter((axis) => axis !== first && axis !== second);
  const moved = transpose(b, id, [first, second, ...others]);
  const flat = reshape(b, moved, [size * size, ...others.map((axis) => shape[axis])]);
  const picked = b.apply("gather", [flat, b.ints(sequence(size, (i) => i * (size + 1)))], { axis: 0 });
  const rest = others.map((axis) => letters[axis]).join("");
  return diagonal(b, { id: picked, letters: letters[first] + rest });
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
    [x, y].flatMap(({ id, letters }) => [...letters].map((l, i) => [l, b.shapeOf(id)[i]] as const)),
  );
  const size = (letters: string[]): number[] => letters.map((letter) => sizes.get(letter)!);
  const arrange = ({ id, letters }: Term, order: string[][]): ValueId => {
    const perm = order.flat().map((letter) => letters.indexOf(letter));
    const shape = [...size(order[0]), ...order.slice(1).map((group) => sizeOf(size(group)))];
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
  const hidden = raw.map((term, i) => b.shapeOf(operands[i]).length - term.replace("...", "").length);
  const widest = Math.max(0, ...raw.map((term, i) => (term.includes("...") ? hidden[i] : 0)));
  // Private-use characters stand for the axes of "...", counted from the last.
  const ellipsis = (count: number): string =>
    String.fromCodePoint(...sequence(count, (i) => 0xe000 + widest - count + i));
  const terms = raw.map((term, i) => term.replace("...", ellipsis(Math.max(0, hidden[i]))));
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
    const valid = term.length === b.shapeOf(operands[i]).length;
    if (!valid) throw new OperatorError(`the term "${raw[i]}" of "${equation}" does not name each axis`);
  });
  if (![...result].every((letter) => counts.has(letter)) || new Set(result).size !== result.length) {
    throw new OperatorError(`the result of "${equation}" does not follow from its terms`);
  }
  return { terms, result };
}
