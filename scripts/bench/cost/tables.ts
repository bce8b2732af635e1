import type { Run } from "./types.js";

export const count = (value: number | undefined): string =>
  value === undefined ? "–" : value.toLocaleString("en");

/** Three digits of seconds, as far as these are measured: in hundredths. */
export function seconds(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : count(Math.round(value));
}

/** "8.50 s, 343 MB", or why there is no such figure. */
export function cost(run: Run | undefined): string {
  if (run === undefined) return "–";
  if (run.failed !== undefined)
    return `${run.failed} after ${seconds(run.cpu)} s, ${count(run.megabytes)} MB`;
  return `${seconds(run.cpu)} s, ${count(run.megabytes)} MB`;
}

/** How many times as much; nothing where one of the two is missing. */
export function ratio(more: Run | undefined, less: Run | undefined): string {
  if (more === undefined || less === undefined || (more.failed ?? less.failed) !== undefined) return "–";
  return (more.cpu / less.cpu).toFixed(1);
}

/** A Markdown table, its first row the headings. */
export function table(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const [heading, ...others] = rows;
  return [line(heading), line(heading.map(() => "---")), ...others.map(line)].join("\n");
}
