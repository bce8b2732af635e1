import { rangeOf } from "../../../src/tensor/range.js";
import type { Field } from "./labels.js";

/** A row of a table, and what the buyer should know of how it was read. */
export interface ReadRow {
  /** In the order of the fields. */
  readonly values: readonly number[];
  readonly notes: readonly string[];
}

/** Columns that the model does not know, at most. */
const MOST_OTHERS = 1000;

/** What may separate cells. */
const SEPARATORS = [",", ";", "\t"] as const;

/**
 * The first row of a CSV file. Its columns go by the names in the header, in any order; without a header, they are the fields in
 * their order.
 *
 * @param text of the file
 * @param fields of the model
 * @throws Error in words for the buyer, with the missing columns, or the row and the column of what is no number
 */
export function rowOfCsv(text: string, fields: readonly Field[]): ReadRow {
  const rows = firstRows(text.replace(/^\ufeff/, ""), 3, fields.length + MOST_OTHERS);
  const [header] = rows;
  if (header === undefined) throw new Error("This file is empty.");
  const hasHeader = !header.every((cell) => isNumber(cell));
  const [row] = hasHeader ? rows.slice(1) : rows;
  if (row === undefined) throw new Error("This file has a header, and no row under it.");
  const places = hasHeader ? placesOf(header, fields) : fields.map((_, i) => i);
  if (!hasHeader && header.length !== fields.length)
    throw new Error(`A row of this file has ${header.length} numbers, and the model takes ${fields.length}.`);
  const number = hasHeader ? 2 : 1;
  const values = fields.map(({ label }, i) => {
    const cell = row.at(places[i]) ?? "";
    if (isNumber(cell)) return Number(cell);
    throw new Error(
      `Row ${number}, column "${label}": ${cell.trim() === "" ? "there is" : `"${shown(cell)}" is`} no number.`,
    );
  });
  return { values, notes: notesOf(rows, hasHeader ? header : undefined, fields) };
}

function notesOf(
  rows: readonly string[][],
  header: readonly string[] | undefined,
  fields: readonly Field[],
): string[] {
  const labels = new Set(fields.map(({ label }) => label));
  const others = (header ?? []).filter((name) => !labels.has(name.trim())).map(shown);
  return [
    ...(header === undefined
      ? ["The file has no header: its columns are taken in the order of the table."]
      : []),
    ...(rows.length > (header === undefined ? 1 : 2)
      ? ["The file has several rows: the first is taken."]
      : []),
    ...(others.length > 0 ? [`Columns that the model does not know: ${listed(others)}.`] : []),
  ];
}

/** Where each field is in a row. */
function placesOf(header: readonly string[], fields: readonly Field[]): number[] {
  const labels = new Set(fields.map(({ label }) => label));
  const places = new Map<string, number>();
  for (const [place, cell] of header.entries()) {
    const name = cell.trim();
    if (places.has(name) && labels.has(name)) throw new Error(`The column "${shown(name)}" is there twice.`);
    places.set(name, place);
  }
  const missing = fields.filter(({ label }) => !places.has(label));
  if (missing.length > 0)
    throw new Error(`The file has no column ${listed(missing.map(({ label }) => `"${label}"`))}.`);
  return fields.map(({ label }) => places.get(label)!);
}

/** Names that are shown, at most. */
const MOST_SHOWN = 5;

function listed(names: readonly string[]): string {
  const left = names.length - MOST_SHOWN;
  return names.slice(0, MOST_SHOWN).join(", ") + (left > 0 ? ` and ${left} more` : "");
}

function shown(text: string): string {
  return text.trim().slice(0, 50);
}

function isNumber(cell: string): boolean {
  return cell.trim() !== "" && Number.isFinite(Number(cell));
}

/** What separates the most cells of the header; the first of those that separate as many. */
function separatorOf(text: string): string {
  const times = new Map<string, number>(SEPARATORS.map((one) => [one, 0]));
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const one = text[at];
    if (one === "\n" || one === "\r") break;
    if (one === '"') isQuoted = !isQuoted;
    else if (!isQuoted && times.has(one)) times.set(one, times.get(one)! + 1);
  }
  const { greatest } = rangeOf(times.values());
  return SEPARATORS.find((one) => times.get(one) === greatest)!;
}

/**
 * The first rows of a file that are not empty (RFC 4180); what follows is not looked at.
 *
 * @param most rows
 * @param widest columns of a row at most
 */
function firstRows(text: string, most: number, widest: number): string[][] {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length && rows.length < most;) {
    const { cell, end } = cellAt(text, at, separator);
    if (row.push(cell) > widest) throw new Error(`A row of this file has more than ${widest} columns.`);
    at = end + 1;
    if (text[end] === separator) continue;
    if (text.startsWith("\r\n", end)) at++;
    if (row.some((one) => one.trim() !== "")) rows.push(row);
    row = [];
  }
  return rows;
}

/** A cell that begins at a place, and where it ends. */
function cellAt(
  text: string,
  at: number,
  separator: string,
): { readonly cell: string; readonly end: number } {
  if (text[at] === '"') {
    for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 2))
      if (text[end + 1] !== '"') {
        const after = end + 1;
        if (after < text.length && ![separator, "\n", "\r"].includes(text[after])) break;
        return { cell: text.slice(at + 1, end).replaceAll('""', '"'), end: after };
      }
    throw new Error("A quotation mark of this file is not closed.");
  }
  let end = at;
  while (end < text.length && text[end] !== separator && text[end] !== "\n" && text[end] !== "\r") end++;
  return { cell: text.slice(at, end), end };
}
