import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";

/**
 * Replaces a section of a Markdown file, from its heading to the next heading, or adds it at the end: so several
 * commands write one document.
 */
export async function writeSection(file: string, heading: string, body: string): Promise<void> {
  const sections = readFileSync(file, "utf8").split(/^(?=##? )/m);
  const own = `${heading}\n\n${body}\n\n`;
  const place = sections.findIndex((section) => section.startsWith(`${heading}\n`));
  sections.splice(place < 0 ? sections.length : place, 1, place < 0 ? `\n${own}` : own);
  writeFileSync(file, await format(sections.join(""), { parser: "markdown", printWidth: 110 }));
}
