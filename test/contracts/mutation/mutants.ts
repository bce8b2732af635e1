/** One change of one place of a source file. */
export interface Mutant {
  line: number;
  before: string;
  after: string;
}

type Operator = readonly [pattern: RegExp, replacement: string | ((match: string) => string)];

const successor = (literal: string): string => String(BigInt(literal) + 1n);

/** Each match of each operator is a mutant. The lines are those of prettier: a statement or a part of one. */
const OPERATORS: readonly Operator[] = [
  // Comparisons: the boundary, and the opposite.
  [/ < /g, " <= "],
  [/ <= /g, " < "],
  [/ > /g, " >= "],
  [/ >= /g, " > "],
  [/ == /g, " != "],
  [/ != /g, " == "],
  [/\b(if|while) \((.*)\)(?= (?:revert|return|emit|continue|\{|\w+ =|\w+\())/g, "$1 (!($2))"],
  [/ \? /g, " == false ? "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/!(?=[\w(])/g, ""],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/\blt\(/g, "gt("],
  // Arithmetic and bits.
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " / "],
  [/ \/ /g, " * "],
  [/ % /g, " + "],
  [/ >> /g, " << "],
  [/ << /g, " >> "],
  [/ \| /g, " & "],
  [/ & /g, " | "],
  [/ \+= /g, " -= "],
  [/\badd\(/g, "sub("],
  [/\bsub\(/g, "add("],
  [/\bmul\(/g, "add("],
  [/\band\(/g, "or("],
  // Constants: one more, other than the lengths of arrays in types.
  [
    /(?<![\w.")]|uint256\[)(0x[\da-f]+|\d[\d_]*)(?![\w."_])/g,
    (literal) => successor(literal.replaceAll("_", "")),
  ],
  // Arguments: neighbors change places, other than those of which the order does not matter.
  [
    /(?<=(?<!\b(?:add|mul|and|or|addmod|mulmod))\(|, )([\w.]+(?:\[\w+\])?), ([\w.]+(?:\[\w+\])?)(?=\)|, )/g,
    "$2, $1",
  ],
  [/ nonReentrant/g, ""],
  // Whole statements, on a line of their own or behind a condition.
  [/\brevert [\w.]+\(.*\);$/g, "{}"],
  [/\breturn;$/g, "{}"],
  [/^(\s*)(emit|delete) .*;$/g, "$1"],
  [/\bemit \w+\(.*\);$/g, "{}"],
  [/^(\s*)_?[a-z][\w.]*\(.*\);$/g, "$1"],
  [/^(\s*)[\w[\].]+ [+-]?= .*;$/g, "$1"],
  [/^(\s*)(mcopy|mstore|calldatacopy|log3)\(.*\)$/g, "$1"],
];

/** What has no behavior of its own: comments, imports, declarations. */
const DECLARATION =
  /^\s*(\/\/|import |error |event |pragma |struct |enum |using |contract |library |abstract |function .*;$)/;

/** All mutants of a Solidity source. */
export function mutantsOf(source: string): Mutant[] {
  const mutants: Mutant[] = [];
  for (const [index, line] of source.split("\n").entries()) {
    if (DECLARATION.test(line)) continue;
    const seen = new Set([line]);
    for (const [pattern, replacement] of OPERATORS) {
      for (const match of line.matchAll(pattern)) {
        const replaced = typeof replacement === "string" ? expand(replacement, match) : replacement(match[0]);
        const after = line.slice(0, match.index) + replaced + line.slice(match.index + match[0].length);
        if (seen.has(after)) continue;
        seen.add(after);
        mutants.push({ line: index + 1, before: line, after });
      }
    }
  }
  return mutants;
}

/** Puts the groups of the match at their places, `$1` and `$2`. */
function expand(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "");
}
