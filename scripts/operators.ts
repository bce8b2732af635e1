import { writeFileSync } from "node:fs";
import { operatorsDocument } from "./operators/document.js";

// Writes docs/operators.md; test/documents/operators.test.ts holds the file to it.
writeFileSync("docs/operators.md", await operatorsDocument());
