import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { add, matmul, mul, sub } from "./arithmetic.js";
import { select, sequence } from "./movement.js";

/** Greatest matrix of which the determinant is taken: its products grow as the factorial. */
const MAX_DETERMINANT = 4;

/** The determinants of x [..., n, n], by the first row's minors. */
export function determinant(b: GraphBuilder, x: ValueId): ValueId {
  const shape = b.shapeOf(x);
  const [rows, columns] = shape.slice(-2);
  if (shape.length < 2 || rows !== columns) throw new OperatorError("a determinant is of square matrices");
  if (!(rows >= 1 && rows <= MAX_DETERMINANT))
    throw new OperatorError(
      `the determinant of matrices of ${rows} rows is not supported, only of up to ${MAX_DETERMINANT}`,
    );
  const element = (row: number, column: number): ValueId => select(b, select(b, x, -2, row), -1, column);
  const minor = (row: number, left: readonly number[]): ValueId => {
    if (left.length === 1) return element(row, left[0]);
    return left
      .map((column, i) => {
        const rest = left.filter((other) => other !== column);
        return { product: mul(b, element(row, column), minor(row + 1, rest)), i };
      })
      .reduce<ValueId | undefined>((sum, { product, i }) => {
        if (sum === undefined) return product;
        return i % 2 === 0 ? add(b, sum, product) : sub(b, sum, product);
      }, undefined)!;
  };
  return minor(
    0,
    sequence(rows, (i) => i),
  );
}

/** The cross products of vectors of three along an axis. */
export function cross(b: GraphBuilder, x: ValueId, y: ValueId, axis: number): ValueId {
  if (b.shapeOf(x)[axis] !== 3 || b.shapeOf(y).at(axis - b.shapeOf(x).length) !== 3)
    throw new OperatorError("a cross product is of vectors of three");
  const turned = (id: ValueId, by: number): ValueId =>
    b.apply("gather", [id, b.ints([0, 1, 2].map((i) => (i + by) % 3))], {
      axis: axis - b.shapeOf(x).length,
    });
  return sub(b, mul(b, turned(x, 1), turned(y, 2)), mul(b, turned(x, 2), turned(y, 1)));
}

/** x to a whole power, by squares. */
export function matrixPower(b: GraphBuilder, x: ValueId, exponent: number): ValueId {
  const [rows, columns] = b.shapeOf(x).slice(-2);
  if (rows !== columns || rows === undefined) throw new OperatorError("a power is of square matrices");
  if (!(exponent >= 1 && exponent <= 64)) throw new OperatorError(`the power ${exponent} is not supported`);
  let result: ValueId | undefined;
  let square = x;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === undefined ? square : matmul(b, result, square);
    if (rest > 1) square = matmul(b, square, square);
  }
  return result!;
}

/** The product of a row of matrices, from left to right. */
export function chain(b: GraphBuilder, matrices: readonly ValueId[]): ValueId {
  if (matrices.length === 0) throw new OperatorError("there is no matrix");
  return matrices.reduce((product, matrix) => matmul(b, product, matrix));
}
