import { writeFileSync } from "node:fs";
import { errorsDocument } from "./errors/document.js";

// Writes docs/errors.md; test/documents/errors.test.ts holds the file to it.
writeFileSync("docs/errors.md", errorsDocument());
