import tseslint from "typescript-eslint";

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
    },
  },
  {
    // Typed arrays wrap what is beyond them: what a program holds is checked where it is made.
    files: ["src/{lowering,netlist,operators,program,quantize,search}/**"],
    ignores: ["src/program/int32.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
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
        {
          selector: "MemberExpression[property.name='closeTo']",
          message: "Hardhat's matchers replace it by one for whole numbers: use expectNear of test/helpers.",
        },
      ],
    },
  },
);
