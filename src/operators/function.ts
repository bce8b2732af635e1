import type { Attributes, Operator, Scalar } from "./operator.js";
import { arithmeticOperators } from "./arithmetic.js";
import { expect, textOf } from "./attributes.js";
import { comparisonOperators } from "./comparison.js";
import { pointwise, pointwiseOperators } from "./pointwise.js";

/** One step of a formula: an operator of elements, and what it takes: the argument, a number, or an earlier step. */
export interface FormulaStep {
  readonly op: string;
  readonly attributes: Attributes;
  readonly operands: readonly Term[];
}

export type Term = "x" | number | { readonly step: number };

/** Operators that a formula may be made of. */
const known: ReadonlyMap<string, Operator> = new Map(
  [...pointwiseOperators, ...arithmeticOperators, ...comparisonOperators].map((o) => [o.name, o]),
);

/** Whether the operator maps element by element, so that a formula can hold it. */
export function isScalar(op: string): boolean {
  return known.has(op);
}

/** Steps as text, `exp x; add %0 1; log %1`, with attributes in parentheses: the last step is the result. */
export function printFormula(steps: readonly FormulaStep[]): string {
  const term = (operand: Term) => (typeof operand === "object" ? `%${operand.step}` : String(operand));
  return steps
    .map(({ op, attributes, operands }) => {
      const list = Object.entries(attributes).map(([name, value]) => `${name}=${String(value)}`);
      return [list.length === 0 ? op : `${op}(${list.join(",")})`, ...operands.map(term)].join(" ");
    })
    .join("; ");
}

/** @throws OperatorError for a text that is not a formula */
function parseFormula(text: string): FormulaStep[] {
  return text.split("; ").map((line, index) => {
    const [, op, list, rest] = /^(\w+)(?:\(([^() ]*)\))?((?: \S+)+)$/.exec(line) ?? [];
    expect(op !== undefined && rest !== undefined, `"${line}" is not a step of a formula`);
    const attributes = Object.fromEntries(
      (list === undefined ? [] : list.split(",")).map((entry) => {
        const [name, value] = entry.split("=") as [string, string | undefined];
        expect(value !== undefined, `"${entry}" is not an attribute`);
        return [name, numberIn(value) ?? value];
      }),
    );
    const operands = rest
      .trim()
      .split(" ")
      .map((word): Term => {
        if (word === "x") return word;
        const step = /^%\d+$/.test(word) ? Number(word.slice(1)) : undefined;
        if (step !== undefined && step < index) return { step };
        const number = numberIn(word);
        expect(number !== undefined, `"${word}" is not an operand of a formula's step ${index}`);
        return number;
      });
    return { op, attributes, operands };
  });
}

function numberIn(word: string): number | undefined {
  if (word === "NaN") return NaN;
  const number = Number(word);
  return word === "" || Number.isNaN(number) ? undefined : number;
}

/** The formula as a function of one number. */
export function compileFormula(steps: readonly FormulaStep[]): Read {
  const results = new Float64Array(steps.length);
  const reader = (term: Term): Read =>
    term === "x" ? (x) => x : typeof term === "number" ? () => term : () => results[term.step];
  const values = steps.map(({ op, attributes, operands }) => {
    const scalar = known.get(op)?.scalar?.(attributes);
    expect(scalar !== undefined, `a formula cannot hold the operator "${op}"`);
    const { length } = scalar;
    expect(operands.length === length, `"${op}" takes ${length} operands, not ${operands.length}`);
    return applied(scalar, operands.map(reader));
  });
  return (x) => {
    values.forEach((value, step) => (results[step] = value(x)));
    return results[steps.length - 1];
  };
}

type Read = (x: number) => number;

function applied(scalar: Scalar, [a, b, c]: readonly Read[]): Read {
  if (b === undefined) return (x) => scalar(a(x));
  if (c === undefined) return (x) => scalar(a(x), b(x));
  return (x) => scalar(a(x), b(x), c(x));
}

/** Several operators in one, as a `formula` says: what the circuit looks up once, and rounds once. */
export const functionOperators: readonly Operator[] = [
  pointwise("function", (attributes) => compileFormula(parseFormula(textOf(attributes, "formula")))),
];
