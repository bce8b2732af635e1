import { constants, FUNCTIONS, interval, monotone, number, times } from "./functions.js";
import type { Binder, Expression, Scope } from "./language.js";
import {
  describeInterval,
  exactly,
  isSignal,
  isTruth,
  pick,
  type Constant,
  type Interval,
  type Truth,
  type Value,
} from "./values.js";

/** Parameters, signals and loop variables by name. */
export type Assignment = Record<string, Value>;
/** A compiled expression. */
export type Evaluate = (names: Assignment) => Value;

/** Expression -> function, so that its tree is walked once for all elements. */
export function compileExpression(expression: Expression): Evaluate {
  switch (expression.kind) {
    case "number": {
      const value = exactly(expression.value);
      return () => value;
    }
    case "name": {
      const { name } = expression;
      return (names) => names[name] ?? fail(`nothing is called ${name}`);
    }
    case "call": {
      const f = FUNCTIONS[expression.name] ?? fail(`there is no function ${expression.name}`);
      const operands = expression.operands.map(compileExpression);
      return (names) => f(...operands.map((operand) => operand(names)));
    }
    case "at": {
      const [of, index] = [compileExpression(expression.of), compileExpression(expression.index)];
      return (names) => elementOf(of(names), index(names));
    }
    case "slice": {
      const [of, start, count] = [expression.of, expression.start, expression.count].map(compileExpression);
      return (names) => {
        const from = number(start(names));
        const index = Array.from({ length: number(count(names)) }, (_, i) => from + i);
        const whole = of(names);
        return isSignal(whole) ? pick(whole, index) : fail("only signals have slices");
      };
    }
    case "within": {
      const [of, lo, hi] = [expression.of, expression.lo, expression.hi].map(compileExpression);
      return (names) => {
        const value = interval(of(names));
        const [least, most] = [interval(lo(names)), interval(hi(names))];
        const holds = value.lo >= least.hi && value.hi <= most.lo;
        const fails = value.hi < least.lo || value.lo > most.hi;
        return new Comparison(holds, fails, value, "within", { lo: least.hi, hi: most.lo });
      };
    }
    case "choice": {
      const [condition, then, otherwise] = [expression.if, expression.then, expression.else].map(
        compileExpression,
      );
      return (names) => {
        const { holds, fails, seen } = truth(condition(names));
        if (holds) return then(names);
        return fails ? otherwise(names) : fail(`${seen} is undecided`);
      };
    }
    case "binary":
      return binary(
        expression.operator,
        compileExpression(expression.left),
        compileExpression(expression.right),
      );
  }
}

/** Runs through the values of a scope's names. @param visit gets the names, changed from call to call */
export function compileScope({
  binders,
  condition,
}: Scope): (names: Assignment, visit: (names: Assignment) => void) => void {
  const applies = condition && compileExpression(condition);
  const steps = binders.map(({ name, kind, value }: Binder) => ({
    name,
    kind,
    value: compileExpression(value),
  }));
  const run = (depth: number, names: Assignment, visit: (names: Assignment) => void): void => {
    const step = steps[depth];
    if (step === undefined) {
      const { holds, fails, seen } = applies === undefined ? ALWAYS : truth(applies(names));
      // A case that may or may not apply would otherwise go unasked.
      if (!holds && !fails) fail(`${seen} is undecided`);
      if (holds) visit(names);
      return;
    }
    const value = step.value(names);
    if (step.kind === "is") {
      names[step.name] = value;
      run(depth + 1, names, visit);
      return;
    }
    for (let i = 0, end = number(value); i < end; i++) {
      names[step.name] = exactly(i);
      run(depth + 1, names, visit);
    }
  };
  if (steps.length === 0 && applies === undefined) return (names, visit) => visit(names);
  return (names, visit) => run(0, { ...names }, visit);
}

const ALWAYS: Truth = { holds: true, fails: false, seen: "" };

export function truth(value: Value): Truth {
  return isTruth(value) ? value : fail("a comparison is expected");
}

/** Two intervals that were compared; the text is made when it is asked for. */
class Comparison implements Truth {
  constructor(
    readonly holds: boolean,
    readonly fails: boolean,
    private readonly left: Interval,
    private readonly operator: string,
    private readonly right: Interval,
  ) {}

  get seen(): string {
    const { left, operator, right } = this;
    return `${describeInterval(left)} ${operator} ${describeInterval(right)}`;
  }
}

type Arithmetic = (a: Interval, b: Interval) => Interval;

const ARITHMETIC: Readonly<Record<string, Arithmetic>> = {
  "+": (a, b) => ({ lo: a.lo + b.lo, hi: a.hi + b.hi }),
  "-": (a, b) => ({ lo: a.lo - b.hi, hi: a.hi - b.lo }),
  "*": times,
  // eslint-disable-next-line no-restricted-syntax -- both are bigints
  "**": (a, b) => exactly(BigInt(number(a)) ** BigInt(number(b))),
  "\\": quotient,
  "%": (a, b) => exactly(a.lo === a.hi ? ((a.lo % b.lo) + b.lo) % b.lo : fail("% is of constants")),
};

/** The floor of a quotient of natural or negative a and positive b: it is monotone in each, for a given sign of a. */
function quotient(a: Interval, b: Interval): Interval {
  if (b.lo < 1n) fail("division by what may not be positive");
  if (b.lo === b.hi) return monotone(a, (x) => floorDivide(x, b.lo));
  const ends = [a.lo, a.hi].flatMap((x) => [floorDivide(x, b.lo), floorDivide(x, b.hi)]);
  return { lo: ends.reduce((x, y) => (x < y ? x : y)), hi: ends.reduce((x, y) => (x > y ? x : y)) };
}

function floorDivide(a: bigint, b: bigint): bigint {
  return (a - (((a % b) + b) % b)) / b;
}

/** Whether a comparison holds for all integers of two intervals. */
const COMPARISONS: Readonly<Record<string, (a: Interval, b: Interval) => boolean>> = {
  "<": (a, b) => a.hi < b.lo,
  "<=": (a, b) => a.hi <= b.lo,
  ">": (a, b) => a.lo > b.hi,
  ">=": (a, b) => a.lo >= b.hi,
  "==": (a, b) => a.lo === b.hi && a.hi === b.lo,
  "!=": (a, b) => a.hi < b.lo || a.lo > b.hi,
};

/** The comparison that holds where another fails. */
const OPPOSITES: Readonly<Record<string, string>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "==": "!=",
  "!=": "==",
};

function binary(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic !== undefined) return (names) => arithmetic(interval(left(names)), interval(right(names)));
  const compare = COMPARISONS[operator];
  const opposite = COMPARISONS[OPPOSITES[operator] ?? ""];
  if (compare !== undefined && opposite !== undefined)
    return (names) => {
      const a = interval(left(names));
      const b = interval(right(names));
      return new Comparison(compare(a, b), opposite(a, b), a, operator, b);
    };
  if (operator === "&&")
    return (names) => {
      const a = truth(left(names));
      if (!a.holds) return a;
      return truth(right(names));
    };
  if (operator === "||")
    return (names) => {
      const a = truth(left(names));
      if (a.holds) return a;
      const b = truth(right(names));
      // Where the left side is undecided, a right side that fails decides nothing.
      return b.holds || a.fails ? b : { holds: false, fails: false, seen: a.seen };
    };
  return fail(`there is no operator ${operator}`);
}

function elementOf(of: Value, index: Value): Value {
  if (isSignal(of)) {
    if (Array.isArray(index)) return pick(of, index as readonly number[]);
    return of.at(within(number(index), of.length));
  }
  const list = constants(of);
  const { lo, hi } = interval(index);
  const entry = (at: bigint): Constant => list[within(Number(at), list.length)];
  if (lo === hi) {
    const only = entry(lo);
    return typeof only === "number" ? exactly(only) : only;
  }
  return reachOf(list, within(Number(lo), list.length), within(Number(hi), list.length));
}

/** The least and greatest entry of a run of a table. */
function reachOf(list: readonly Constant[], from: number, to: number): Interval {
  let [lo, hi] = [Infinity, -Infinity];
  for (let i = from; i <= to; i++) {
    lo = Math.min(lo, list[i] as number);
    hi = Math.max(hi, list[i] as number);
  }
  return { lo: BigInt(lo), hi: BigInt(hi) };
}

function within(index: number, length: number): number {
  return index >= 0 && index < length ? index : fail(`there is no element ${index} of ${length}`);
}

function fail(problem: string): never {
  throw new TypeError(problem);
}
