/**
 * The language in which templates of `circuits/` state what they assume and guarantee, in lines of their comments:
 *
 *     @assume for i < n, q = rounded(in[i], shift): q within [least, least + 2 ** resultBits - 1]
 *     @guarantee for i < n: out[i] == rounded(in[i], shift)
 *     @contains for i < n if shift > 0: Requantize(shift, resultBits, least) with in = in[i], out = out[i]
 *     @composes for i < n: Requantize(shift, resultBits, least) with in = in[i], out = out[i]
 *     @signal hash[n - 1]
 *
 * `@contains` names an instance inside the template, and what is known of its signals. `@composes` says more: the
 * template is these instances and wires between them, and its lines name each signal of each of them, inputs and
 * outputs. `@signal` declares an inner signal of such a template; one of the instances makes each of its elements.
 *
 * Expressions are Circom's (`\` is the integer quotient), with `**` for powers, and calls of the functions of
 * functions.ts. A statement holds if it holds for all values of its `for`.
 */
export type Expression =
  | { readonly kind: "number"; readonly value: bigint }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly operands: readonly Expression[] }
  | { readonly kind: "at"; readonly of: Expression; readonly index: Expression }
  /** `of[start; count]`: elements of a signal. */
  | {
      readonly kind: "slice";
      readonly of: Expression;
      readonly start: Expression;
      readonly count: Expression;
    }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "within"; readonly of: Expression; readonly lo: Expression; readonly hi: Expression }
  | {
      readonly kind: "choice";
      readonly if: Expression;
      readonly then: Expression;
      readonly else: Expression;
    };

/** `i < limit`, for each natural i below it, or `name = value`. */
export interface Binder {
  readonly name: string;
  readonly kind: "below" | "is";
  readonly value: Expression;
}

/** What stands in front of a statement's colon. */
export interface Scope {
  readonly binders: readonly Binder[];
  readonly condition?: Expression;
}

export interface Statement extends Scope {
  readonly text: string;
  readonly holds: Expression;
}

/** An instance of another template inside this one. */
export interface Contained extends Scope {
  readonly template: string;
  readonly parameters: readonly Expression[];
  /** Its signals, as far as its own statements speak of them. */
  readonly signals: readonly { readonly name: string; readonly value: Expression }[];
}

/** An inner signal of a template that others compose. */
export interface InnerSignal {
  readonly name: string;
  readonly size: Expression;
}

const TOKEN = /\s*(?:(\d+)|([A-Za-z_]\w*)|(\*\*|<=|>=|==|!=|&&|\|\||[-+*\\%<>?:()[\],;=]))/y;
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["<", "<=", ">", ">=", "==", "!="],
  ["+", "-"],
  ["*", "\\", "%"],
];
const COMPARISONS = 2;

/** @throws SyntaxError for what is not a statement */
export function parseStatement(text: string): Statement {
  const parser = new Parser(text);
  const scope = parser.scope();
  const holds = parser.expression();
  parser.end();
  return { text, ...scope, holds };
}

/** @throws SyntaxError for what is not an instance */
export function parseContained(text: string): Contained {
  const parser = new Parser(text);
  const contained = { ...parser.scope(), ...parser.instance() };
  parser.end();
  return contained;
}

/** @throws SyntaxError for what is not `name[size]` */
export function parseInnerSignal(text: string): InnerSignal {
  const parser = new Parser(text);
  const signal = parser.signal();
  parser.end();
  return signal;
}

class Parser {
  private readonly tokens: string[] = [];
  private at = 0;

  constructor(private readonly text: string) {
    TOKEN.lastIndex = 0;
    for (let end = 0; text.slice(end).trim() !== ""; end = TOKEN.lastIndex) {
      const match = TOKEN.exec(text);
      if (match === null) this.fail(text.slice(end, end + 10));
      this.tokens.push(match[0].trim());
    }
  }

  scope(): Scope {
    if (!this.take("for") && this.peek() !== "if") return { binders: [] };
    const binders: Binder[] = [];
    if (this.peek() !== "if")
      do binders.push(this.binder());
      while (this.take(","));
    const condition = this.take("if") ? this.expression() : undefined;
    this.expect(":");
    return { binders, ...(condition && { condition }) };
  }

  instance(): Omit<Contained, "binders"> {
    const template = this.name();
    const parameters = this.list("(", ")");
    const signals: { name: string; value: Expression }[] = [];
    if (this.take("with"))
      do {
        const name = this.name();
        this.expect("=");
        signals.push({ name, value: this.expression() });
      } while (this.take(","));
    return { template, parameters, signals };
  }

  signal(): InnerSignal {
    const name = this.name();
    this.expect("[");
    const size = this.expression();
    this.expect("]");
    return { name, size };
  }

  expression(): Expression {
    const condition = this.level(0);
    if (!this.take("?")) return condition;
    const then = this.expression();
    this.expect(":");
    return { kind: "choice", if: condition, then, else: this.expression() };
  }

  end(): void {
    if (this.at < this.tokens.length) this.fail(this.peek());
  }

  private binder(): Binder {
    const name = this.name();
    const kind = this.take("<") ? "below" : "is";
    if (kind === "is") this.expect("=");
    return { name, kind, value: this.expression() };
  }

  private level(depth: number): Expression {
    const operators = LEVELS[depth];
    if (operators === undefined) return this.power();
    let left = this.level(depth + 1);
    for (;;) {
      const operator = this.peek();
      if (depth === COMPARISONS && this.take("within")) {
        this.expect("[");
        const lo = this.expression();
        this.expect(",");
        const hi = this.expression();
        this.expect("]");
        left = { kind: "within", of: left, lo, hi };
      } else if (operator !== undefined && operators.includes(operator)) {
        this.at++;
        left = { kind: "binary", operator, left, right: this.level(depth + 1) };
      } else return left;
    }
  }

  private power(): Expression {
    if (this.take("-"))
      return {
        kind: "binary",
        operator: "-",
        left: { kind: "number", value: 0n },
        right: this.power(),
      };
    const base = this.postfix();
    return this.take("**") ? { kind: "binary", operator: "**", left: base, right: this.power() } : base;
  }

  private postfix(): Expression {
    let of = this.primary();
    while (this.take("[")) {
      const index = this.expression();
      of = this.take(";")
        ? { kind: "slice", of, start: index, count: this.expression() }
        : { kind: "at", of, index };
      this.expect("]");
    }
    return of;
  }

  private primary(): Expression {
    if (this.take("(")) {
      const inner = this.expression();
      this.expect(")");
      return inner;
    }
    const token = this.peek() ?? "";
    if (/^\d/.test(token)) {
      this.at++;
      return { kind: "number", value: BigInt(token) };
    }
    const name = this.name();
    return this.peek() === "("
      ? { kind: "call", name, operands: this.list("(", ")") }
      : { kind: "name", name };
  }

  private list(open: string, close: string): Expression[] {
    const items: Expression[] = [];
    this.expect(open);
    if (this.take(close)) return items;
    do items.push(this.expression());
    while (this.take(","));
    this.expect(close);
    return items;
  }

  private name(): string {
    const token = this.peek();
    if (token === undefined || !/^[A-Za-z_]/.test(token)) this.fail(token);
    this.at++;
    return token;
  }

  private peek(): string | undefined {
    return this.tokens[this.at];
  }

  private take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.at++;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) this.fail(this.peek(), token);
  }

  private fail(found: string | undefined, wanted?: string): never {
    const instead = wanted === undefined ? "" : `, not ${wanted}`;
    throw new SyntaxError(`"${this.text}": unexpected ${found ?? "end"}${instead}`);
  }
}
