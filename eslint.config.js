import tseslint from "typescript-eslint";

/** What no file may have. A file's last list counts alone, so that each list begins with it. */
const everywhere = [
  { selector: "PrivateIdentifier", message: "Spell it `private`, as all members are that are not public." },
];

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
    // Typed arrays wrap what is beyond them: what a program holds is checked where it is made.
    files: ["src/{lowering,netlist,operators,program,quantize,search}/**"],
    ignores: ["src/program/int32.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        ...everywhere,
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
