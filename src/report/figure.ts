import { html, type Html } from "./html.js";
import { count } from "./words.js";

/** Rows below a drawing. Cells are text. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A drawing, what it shows in words, and the numbers that it is drawn from. */
export interface Figure {
  /** A sentence computed from the numbers. */
  readonly finding: string;
  /** What is drawn, for who does not see it. */
  readonly label: string;
  /** How to read it. */
  readonly note?: string;
  readonly drawing: Html;
  readonly table: Table;
}

/** Where there is nothing to draw: why. */
export interface Missing {
  readonly why: string;
}

/** Rows of a table that a page shows: models can have any number of layers. */
const MOST_ROWS = 200;

/** A figure with its table folded below it. */
export function figureHtml({ finding, label, note, drawing, table }: Figure): Html {
  return html`<figure>
    <figcaption>
      <h3>${unbroken(finding)}</h3>
      ${note === undefined ? [] : html`<p class="note">${note}</p>`}
    </figcaption>
    <div class="drawing" tabindex="0" role="group" aria-label="${label}">${drawing}</div>
    <details>
      <summary>The numbers</summary>
      ${tableHtml(table, label)}
    </details>
  </figure>`;
}

/** A number stays on the line of its unit. */
function unbroken(sentence: string): string {
  return sentence.replace(/(\d) (?=[%s]( |\)|,|;|$))/g, "$1\u00a0");
}

/** A table, which scrolls by itself where the page is narrow. */
export function tableHtml({ columns, rows }: Table, label: string): Html {
  const left = rows.length - MOST_ROWS;
  return html`<div class="table" tabindex="0" role="group" aria-label="Table: ${label}">
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col">${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, MOST_ROWS).map(rowHtml)}
        </tbody>
      </table>
    </div>
    ${left > 0 ? html`<p class="note">${count(left)} more rows are in report.json.</p>` : []}`;
}

function rowHtml([first, ...rest]: readonly string[]): Html {
  return html`<tr>
    <th scope="row">${first}</th>
    ${rest.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;
}
