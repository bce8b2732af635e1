import { expect } from "chai";
import { compileExpression, compileScope, truth, type Assignment } from "../../src/assumptions/evaluate.js";
import { parseContained, parseInnerSignal, parseStatement } from "../../src/assumptions/language.js";
import { readClaims } from "../../src/assumptions/library.js";
import { exactly, type Interval, type Signal, type Value } from "../../src/assumptions/values.js";

const between = (lo: number, hi: number): Interval => ({ lo: BigInt(lo), hi: BigInt(hi) });
const signal = (...elements: Interval[]): Signal => ({ length: elements.length, at: (i) => elements[i] });

/** What an expression gives: "[lo, hi]", or whether it holds, fails, or is undecided. */
function value(text: string, names: Record<string, Value> = {}): string {
  const result = compileExpression(parseStatement(text).holds)(names);
  if ("holds" in result) return result.holds ? "holds" : result.fails ? "fails" : "undecided";
  const { lo, hi } = result as Interval;
  return `[${lo}, ${hi}]`;
}

describe("statements of circuits: expressions", () => {
  it("are Circom's, with powers, on intervals", () => {
    const x = between(-3, 5);
    expect(value("x + 2 * x - 1", { x })).to.equal("[-10, 14]");
    expect(value("2 ** 3 ** 2 - -(1)")).to.equal("[513, 513]");
    expect(value("x * x", { x })).to.equal("[-15, 25]");
    expect(value("x \\ 4", { x })).to.equal("[-1, 1]");
    expect(value("7 % 4 + (0 - 1) % 4")).to.equal("[6, 6]");
    expect(value("abs(x) + max(x, 1) + min(x, 1)", { x })).to.equal("[-2, 11]");
    expect(value("rounded(x, 1)", { x })).to.equal("[-1, 3]");
    expect(value("floored(x, 1)", { x })).to.equal("[-2, 2]");
    expect(value("bits(255) + bits(256) + bits(0)")).to.equal("[17, 17]");
    expect(value("root(24) + root(25) + root(2 ** 200)")).to.equal(
      `[${2n ** 100n + 9n}, ${2n ** 100n + 9n}]`,
    );
  });

  it("hold only where all integers of the intervals obey them", () => {
    const [x, y] = [between(0, 3), between(3, 9)];
    expect(value("x <= y", { x, y })).to.equal("holds");
    expect(value("x < y", { x, y })).to.equal("undecided");
    expect(value("y < x", { x, y })).to.equal("fails");
    expect(value("x within [0, 3]", { x })).to.equal("holds");
    expect(value("x within [1, 3]", { x })).to.equal("undecided");
    expect(value("y within [0, 2]", { y })).to.equal("fails");
    expect(value("x == x", { x })).to.equal("undecided");
    expect(value("x < y || x <= y", { x, y })).to.equal("holds");
    expect(value("x <= y && x < y", { x, y })).to.equal("undecided");
    expect(value("x < y || y < x", { x, y })).to.equal("undecided");
    expect(value("y < x || y < x", { x, y })).to.equal("fails");
    expect(value("2 > 1 ? x : y", { x, y })).to.equal("[0, 3]");
  });

  it("read tables, lists of lists and signals", () => {
    const names = {
      T: [5, -1, 7, 2],
      M: [[1, 2], [3]],
      x: signal(between(0, 1), between(4, 6), exactly(-2)),
    };
    expect(value("T[2]", names)).to.equal("[7, 7]");
    expect(value("T[i]", { ...names, i: between(0, 1) })).to.equal("[-1, 5]");
    expect(value("M[1][0] + greatest(M) + least(T) + size(M)", names)).to.equal("[7, 7]");
    expect(value("x[1] + total(x)", names)).to.equal("[6, 11]");
    expect(value("total(x[1; 2])", names)).to.equal("[2, 4]");
    expect(value("difference(x, 0, 1) + lead(x, 1)", names)).to.equal("[0, 14]");
    expect(value("maximum(x)", names)).to.equal("[4, 6]");
    expect(value("total(x[index])", { ...names, index: [-1, 0, 0] })).to.equal("[0, 2]");
    expect(value("before(T, 2) + dot(T, x)", names)).to.equal("[-16, -9]");
    expect(value("product(x, 0, x, 0, 3, 1)", names)).to.equal("[20, 41]");
  });

  it("take elements of signals apart and together", () => {
    const names = { x: signal(...[1, 2, 4, 8, 16, 32].map(exactly)), index: [-1, 3, -1, 0] };
    expect(value("total(join(x[0; 2], x[5], 64))", names)).to.equal("[99, 99]");
    expect(value("size(join(x, x[0]))", names)).to.equal("[7, 7]");
    expect(value("join(x[0], x[1; 3], x[5])[3] + join(x[0], x[1; 3], x[5])[4]", names)).to.equal("[40, 40]");
    expect(value("total(subMatrix(x, 3, 0, 2, 1, 2))", names)).to.equal("[54, 54]");
    expect(value("subMatrix(x, 2, 1, 2, 0, 2)[2]", names)).to.equal("[16, 16]");
    expect(value("total(x[index][places(index)]) + size(places(index))", names)).to.equal("[11, 11]");
  });

  it("know of two joined elements what each signal knows of its own", () => {
    const x = { ...signal(between(0, 9), between(0, 9)), difference: () => 2n };
    expect(value("difference(join(x, x), 0, 1)", { x })).to.equal("[0, 2]");
    expect(value("difference(join(x, x), 2, 3)", { x })).to.equal("[0, 2]");
    expect(value("difference(join(x, x), 1, 2)", { x })).to.equal("[0, 9]");
    expect(value("difference(join(x, x[0]), 1, 2)", { x })).to.equal("[0, 9]");
  });

  it("refuse what they cannot mean", () => {
    for (const text of ["x", "T[9]", "nothing(1)", "1 \\ 0", "x + T", "T[0; 1]"])
      expect(() => value(text, { T: [1] }), text).to.throw(TypeError);
    for (const text of ["1 +", "(1", "1 within 2", "for i < : 1 == 1", "1 ! 2", "f(1", "a b"])
      expect(() => parseStatement(text), text).to.throw(SyntaxError);
    for (const text of ["Gadget", "for i < 2 Gadget(1)", "Gadget(1) with in"])
      expect(() => parseContained(text), text).to.throw(SyntaxError);
    for (const text of ["hash", "hash[", "hash[]", "hash[2] = 1", "hash[2][3]"])
      expect(() => parseInnerSignal(text), text).to.throw(SyntaxError);
  });
});

describe("statements of circuits: scopes", () => {
  const runsOf = (text: string, names: Assignment): string[] => {
    const statement = parseStatement(text);
    const runs: string[] = [];
    compileScope(statement)(names, (own) => {
      const { holds } = truth(compileExpression(statement.holds)(own));
      runs.push(`${(own.i as Interval).lo}${(own.j as Interval).lo}${holds ? "" : " not"}`);
    });
    return runs;
  };

  it("run through every value, with conditions and definitions", () => {
    const names = { n: exactly(3) };
    expect(runsOf("for i < n, j < i: i > j", names)).to.deep.equal(["10", "20", "21"]);
    expect(runsOf("for i < n, j = 2 - i if i != 1: j == 2", names)).to.deep.equal(["02", "20 not"]);
  });

  it("are read from comments, line by line, with what contains what", () => {
    const [claims, other] = readClaims(`
/**
 * @title A gadget
 * @assume n >= 1
 * @assume for i < n: in[i] within
 *   [0, 1]
 * @contains Other(n) with in = in[0]
 * @notice costs nothing
 */
template Gadget(n) {}
template Plain() {}
`);
    expect(claims.assumes.map(({ text }) => text)).to.deep.equal([
      "n >= 1",
      "for i < n: in[i] within [0, 1]",
    ]);
    expect(claims.contains).to.have.length(1);
    expect(claims.parameters).to.deep.equal(["n"]);
    expect(other).to.deep.equal({
      template: "Plain",
      parameters: [],
      assumes: [],
      guarantees: [],
      contains: [],
      composes: [],
      signals: [],
    });
    const [chain] = readClaims(`
/**
 * @title Instances, and wires between them
 * @signal hash[n - 1]
 * @composes First(n) with in = in[0], out = hash[0]
 * @contains Second(n)
 * @composes for k < n - 1: Second(n) with in = join(hash[k], in[k + 1]),
 *   out = k == n - 2 ? out : hash[k + 1]
 */
template Chain(n) {}
`);
    expect(chain.composes.map(({ template }) => template)).to.deep.equal(["First", "Second"]);
    expect(chain.contains)
      .to.have.length(3)
      .that.includes.members([...chain.composes]);
    expect(chain.signals.map(({ name }) => name)).to.deep.equal(["hash"]);
    expect(() => readClaims("/**\n * @assume n >=\n */\ntemplate Bad(n) {}")).to.throw(/claims of Bad/);
  });
});
