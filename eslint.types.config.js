import tseslint from "typescript-eslint";

// What needs types: too slow for every run, so `npm run test:full` asks for it.
export default tseslint.config({
  files: ["{src,tasks,scripts,test}/**/*.ts"],
  ignores: ["test/package/project/**"],
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
  },
  plugins: { "@typescript-eslint": tseslint.plugin },
  linterOptions: { reportUnusedDisableDirectives: "off" },
  rules: { "@typescript-eslint/no-unnecessary-type-assertion": "error" },
});
