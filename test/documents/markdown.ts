import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./examples.js";

export interface Block {
  readonly language: string;
  readonly code: string;
}

/** A document that people read, by its path in the repository. */
export interface Document {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** The text without its blocks of code. */
  readonly prose: string;
}

const FENCE = /^```(\w*)\n(.*?)\n```$/gms;

export function documentOf(path: string, text: string): Document {
  const blocks = [...text.matchAll(FENCE)].map(([, language, code]) => ({
    language: language,
    code: code,
  }));
  return { path, text, blocks, prose: text.replace(FENCE, "") };
}

/** README and the like, docs and examples. */
export function documents(): Document[] {
  const paths = globSync(["*.md", "docs/*.md", "examples/**/*.md"], { cwd: ROOT }).sort();
  return paths.map((path) => documentOf(path, readFileSync(join(ROOT, path), "utf8")));
}

/** Rows of tables that have another number of cells than their heading, and headings without a second line. */
export function brokenTables({ prose }: Pick<Document, "prose">): string[] {
  const broken: string[] = [];
  let table: string[] = [];
  const cells = (row: string): number => row.replaceAll("\\|", "").split("|").length - 2;
  for (const line of [...prose.split("\n"), ""]) {
    if (line.startsWith("|")) {
      table.push(line);
      continue;
    }
    if (table.length > 0) {
      const [heading, delimiter, ...rows] = table as [string, string | undefined, ...string[]];
      if (delimiter === undefined || !/^\|( *:?-+:? *\|)+$/.test(delimiter)) broken.push(heading);
      broken.push(...[delimiter ?? heading, ...rows].filter((row) => cells(row) !== cells(heading)));
    }
    table = [];
  }
  return broken;
}

/** Anchors of headings, as GitHub makes them. */
export function anchors({ prose }: Document): Set<string> {
  const headings = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title);
  return new Set(
    headings.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Targets of links that are not on the web. */
export function relativeLinks({ prose }: Document): string[] {
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^\w+:/.test(target));
}

/** All that stands between backticks outside of blocks. */
export function inlineCode({ prose }: Document): string[] {
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);
}
