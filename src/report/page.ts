import type { ReportData } from "./data.js";
import { architecture } from "./drawing/architecture.js";
import { hashes, limits, modes } from "./facts.js";
import { figureHtml, tableHtml, type Figure, type Missing } from "./figure.js";
import { bitsByLayer } from "./figures/bits.js";
import { constraintsByGadget, constraintsByLayer } from "./figures/constraints.js";
import { floatAgainstInteger, labelAgainstInteger } from "./figures/decisions.js";
import { errorsByLayer } from "./figures/errors.js";
import { choicesOfBits } from "./figures/pareto.js";
import { valuesOfOutputs } from "./figures/scatter.js";
import { timeByStage } from "./figures/stages.js";
import { headlines, type Headline } from "./headlines.js";
import { html, Html } from "./html.js";
import { STYLE } from "./style.js";
import { plural, shown } from "./words.js";

/** A page, and what it says at its head and above its figures. */
export interface Page {
  readonly html: string;
  readonly headlines: readonly Headline[];
  readonly findings: readonly string[];
}

type Piece = Figure | Missing;

interface Section {
  readonly id: string;
  readonly title: string;
  readonly text?: string;
  readonly pieces: readonly Piece[];
}

/** Notices that are shown: a model can have one for each of its layers. */
const MOST_NOTICES = 40;

/** The report of a build as one HTML file: no script, nothing from elsewhere. */
export function pageOf(data: ReportData): Page {
  const sections = sectionsOf(data);
  const heads = headlines(data);
  return {
    html: `<!doctype html>\n${documentOf(data, heads, sections).text}\n`,
    headlines: heads,
    findings: sections.flatMap(({ pieces }) => pieces.flatMap((one) => ("why" in one ? [] : one.finding))),
  };
}

function sectionsOf(data: ReportData): Section[] {
  const { ratio, spent } = data.report.floor;
  const values = valuesOfOutputs(data);
  return [
    { id: "model", title: "The model", pieces: [architecture(data)] },
    {
      id: "constraints",
      title: "Where the constraints go",
      text:
        spent === 0
          ? "There are no range checks, roundings or activations."
          : `Range checks, roundings and activations take ${ratio.toFixed(2)} times the fewest constraints that their bits allow.`,
      pieces: [constraintsByLayer(data), constraintsByGadget(data)],
    },
    {
      id: "accuracy",
      title: "Float model against integer model",
      pieces: [
        floatAgainstInteger(data),
        ...[labelAgainstInteger(data)].flatMap((one) => one ?? []),
        ...("why" in values ? [values] : values),
      ],
    },
    { id: "layers", title: "Layer by layer", pieces: [errorsByLayer(data), bitsByLayer(data)] },
    { id: "bits", title: "Choices of bits", pieces: [choicesOfBits(data)] },
    { id: "stages", title: "Time and memory of the build", pieces: [timeByStage(data)] },
  ];
}

function documentOf(data: ReportData, heads: readonly Headline[], sections: readonly Section[]): Html {
  const { manifest, report } = data;
  const { name } = manifest;
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta
        http-equiv="Content-Security-Policy"
        content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
      />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="generator" content="torch2circom:report" />
      <title>${name}: report of a build</title>
      <style>
        ${new Html(STYLE)}
      </style>
    </head>
    <body>
      <main>
        <header>
          <p class="note">Report of a build</p>
          <h1>${name}</h1>
          <dl class="heads">${heads.map(headHtml)}</dl>
        </header>
        ${sections.map(sectionHtml)}
        <section id="domain">
          <h2>Limits of the domain</h2>
          <p>Inputs within these limits can be proven. All others are refused before any money moves.</p>
          ${tableHtml(limits(manifest), "limits of the inputs")}
        </section>
        <section id="modes">
          <h2>What a proof shows</h2>
          ${tableHtml(modes(manifest), "what a proof shows")}
        </section>
        <section id="hashes">
          <h2>Hashes</h2>
          ${tableHtml(hashes(manifest), "hashes")}
        </section>
        ${noticesHtml(report.notices)}
      </main>
    </body>
  </html>`;
}

function headHtml({ label, value, meaning }: Headline): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd class="value">${value}</dd>
    <dd>${meaning}</dd>
  </div>`;
}

function sectionHtml({ id, title, text, pieces }: Section): Html {
  return html`<section id="${id}">
    <h2>${title}</h2>
    ${text === undefined ? [] : html`<p>${text}</p>`}
    ${pieces.map((one) => ("why" in one ? html`<p class="missing">${one.why}</p>` : figureHtml(one)))}
  </section>`;
}

function noticesHtml(notices: readonly string[]): Html | readonly Html[] {
  if (notices.length === 0) return [];
  const left = notices.length - MOST_NOTICES;
  return html`<section id="notices">
    <h2>Notices of the build</h2>
    <ul>
      ${notices.slice(0, MOST_NOTICES).map((notice) => html`<li>${shown(notice, 400)}</li>`)}
    </ul>
    ${left > 0 ? html`<p class="note">${plural(left, "more notice")} in report.json.</p>` : []}
  </section>`;
}
