import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** Spaces and block comments; a line's comment; a string, a number, a name, an operator of two or three signs, a sign. */
const TOKEN = /\s+|\/\*[^]*?\*\/|\/\/(?<comment>.*)|(?<token>"[^"]*"|\d+|[A-Za-z_]\w*|<==|\+\+|[^])/gy;

interface Token {
  readonly text: string;
  /** Lines of comment directly in front of it. */
  readonly comment: readonly string[];
}

/** The tokens of a Circom text, read one after the other. */
export class Tokens {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(text: string) {
    const tokens: Token[] = [];
    let comment: string[] = [];
    for (const { groups } of text.matchAll(TOKEN)) {
      if (groups?.["comment"] !== undefined) comment.push(groups["comment"].trim());
      else if (groups?.["token"] !== undefined) {
        tokens.push({ text: groups["token"], comment });
        comment = [];
      }
    }
    this.tokens = tokens;
  }

  get isDone(): boolean {
    return this.at >= this.tokens.length;
  }

  /** The comment in front of the next token. */
  get comment(): readonly string[] {
    return this.tokens[this.at]?.comment ?? [];
  }

  /** Whether the next token is this one, without taking it. */
  isNext(text: string): boolean {
    return this.tokens[this.at]?.text === text;
  }

  /** Whether the next token is a number without a sign. */
  get isNumber(): boolean {
    return /^\d/.test(this.tokens[this.at]?.text ?? "");
  }

  /** Takes the next token if it is this one. */
  take(text: string): boolean {
    if (!this.isNext(text)) return false;
    this.at++;
    return true;
  }

  /** Takes these tokens. @throws Torch2CircomError where others stand there */
  expect(...texts: readonly string[]): void {
    for (const text of texts) if (!this.take(text)) throw this.unreadable(`"${text}"`);
  }

  name(): string {
    return this.matching(/^[A-Za-z_]/, "a name");
  }

  /** A number without its sign. */
  digits(): string {
    return this.matching(/^\d/, "a number");
  }

  /** Takes all tokens up to and with this one. */
  skipTo(text: string): void {
    while (!this.isDone && !this.take(text)) this.at++;
  }

  unreadable(wanted: string): Torch2CircomError {
    const found = this.tokens.slice(this.at, this.at + 8).map(({ text }) => text);
    return new Torch2CircomError(
      "INTERNAL_CHECK_FAILED",
      `The text of the circuit has "${found.join(" ")}" where ${wanted} is to be`,
      "Build the model again: only circuits as torch2circom:build prints them can be read.",
    );
  }

  private matching(pattern: RegExp, wanted: string): string {
    const text = this.tokens[this.at]?.text;
    if (text === undefined || !pattern.test(text)) throw this.unreadable(wanted);
    this.at++;
    return text;
  }
}
