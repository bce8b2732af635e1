/** One change of one place of a source file. */
export interface Mutant {
  line: number;
  before: string;
  after: string;
}

type Operator = readonly [pattern: RegExp, replacement: string];

/** Each match of each operator is a mutant. The lines are those of prettier: a statement or a part of one. */
const OPERATORS: readonly Operator[] = [
  [/ < /g, " <= "],
  [/ <= /g, " < "],
  [/ > /g, " >= "],
  [/ >= /g, " > "],
  [/ == /g, " != "],
  [/ != /g, " == "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " / "],
  [/ \/ /g, " * "],
  [/ % /g, " + "],
  [/ >> /g, " << "],
  [/ \| /g, " & "],
  [/ \+= /g, " -= "],
  [/!(?=[\w(])/g, ""],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/\blt\(/g, "gt("],
  [/\badd\(/g, "sub("],
  [/\bsub\(/g, "add("],
  [/\band\(/g, "or("],
  [/ nonReentrant/g, ""],
  // Whole statements on a line of their own.
  [/^(\s*)if \(.*\) revert .*;$/g, "$1"],
  [/^(\s*)(emit|delete) .*;$/g, "$1"],
  [/^(\s*)_?[a-z]\w*\(.*\);$/g, "$1"],
  [/^(\s*)[\w[\].]+ = .*;$/g, "$1"],
  [/^(\s*)(mcopy|mstore|calldatacopy)\(.*\)$/g, "$1"],
];

/** All mutants of a Solidity source, comments, imports, declarations of errors and events left alone. */
export function mutantsOf(source: string): Mutant[] {
  const mutants: Mutant[] = [];
  for (const [index, line] of source.split("\n").entries()) {
    if (
      /^\s*(\/\/|import |error |event |pragma |struct |using |contract |library |abstract |function .*;$)/.test(
        line,
      )
    ) {
      continue;
    }
    for (const [pattern, replacement] of OPERATORS) {
      for (const match of line.matchAll(pattern)) {
        // From the match on, so that what it looks ahead at is there.
        const rest = line.slice(match.index).replace(new RegExp(pattern.source), replacement);
        const after = line.slice(0, match.index) + rest;
        mutants.push({ line: index + 1, before: line, after });
      }
    }
  }
  return mutants;
}
