// Preloaded by a process: its engine is one of which all functions are off in their last digit, where ECMAScript leaves
// that open. Every engine of today would give almost the same numbers, so that a use of one would not show.

const OPEN = [
  ...[
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "hypot",
  ],
  ...["log", "log10", "log1p", "log2", "pow", "sin", "sinh", "tan", "tanh"],
] as const;

const functions = Math as unknown as Record<string, (...x: number[]) => number>;
for (const name of OPEN) {
  const own = functions[name];
  functions[name] = (...x) => {
    const value = own(...x);
    // A whole number too: not even exact results are promised.
    return value * (1 + 2 ** -52);
  };
}
