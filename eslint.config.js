import tseslint from "typescript-eslint";

/** What no file may have. A file's last list counts alone, so that each list begins with it. */
const everywhere = [
  { selector: "PrivateIdentifier", message: "Spell it `private`, as all members are that are not public." },
];

/** The functions of which ECMAScript leaves the last digits open: those that src/elementary has, and logarithms to base 2. */
const UNEQUAL =
  "acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 hypot log log10 log1p log2 pow sin sinh tan tanh";

/** Powers of 2 by a whole number are exact everywhere, and so are powers of whole numbers without a limit. */
const unequal = {
  selector: "BinaryExpression[operator='**'][left.value!=2]:not([left.bigint]):not([right.bigint])",
  message: "Engines differ in its last digit: use pow of src/elementary/functions.ts, or a product.",
};

export default tseslint.config(
  { ignores: ["node_modules", "dist", "types", "artifacts", "cache", "coverage", "api"] },
  ...tseslint.configs.strict,
  {
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 80, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
      "no-restricted-syntax": ["error", ...everywhere],
    },
  },
  {
    files: ["src/**"],
    rules: {
      "no-restricted-syntax": ["error", ...everywhere, unequal],
      "no-restricted-properties": [
        "error",
        ...UNEQUAL.split(" ").map((property) => ({
          object: "Math",
          property,
          message:
            "Engines differ in its last digit: use src/elementary/functions.ts or src/elementary/powersOfTwo.ts.",
        })),
      ],
    },
  },
  {
    // Typed arrays wrap what is beyond them: what a program holds is checked where it is made.
    files: ["src/{lowering,netlist,operators,program,quantize,search}/**"],
    ignores: ["src/program/int32.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        ...everywhere,
        unequal,
        {
          selector: "MemberExpression[object.name='Int32Array'][property.name=/^(from|of)$/]",
          message: "Use int32s or int32sOf of src/program/int32.ts, which refuse what would wrap.",
        },
      ],
    },
  },
  {
    files: ["test/**"],
    rules: { "max-lines-per-function": "off", "@typescript-eslint/no-unused-expressions": "off" },
  },
  {
    files: ["test/**"],
    ignores: ["test/contracts/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        ...everywhere,
        {
          selector: "MemberExpression[property.name='closeTo']",
          message: "Hardhat's matchers replace it by one for whole numbers: use expectNear of test/helpers.",
        },
      ],
    },
  },
);
