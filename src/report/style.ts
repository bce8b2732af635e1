/** Style of the page: one column, the system's letters, light and dark by what the reader prefers. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff;
  --ink: #1b1f24;
  --soft: #59636e;
  --line: #d4d9df;
  --box: #f6f8fa;
  --mark: #2563a8;
  --second: #b4480f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b;
    --ink: #e6e9ed;
    --soft: #a3acb7;
    --line: #3a424c;
    --box: #1d2228;
    --mark: #7fb4f2;
    --second: #f2a05f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 46rem; margin: 0 auto; padding: 3rem 1.25rem 6rem; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 2.25rem; margin: 0 0 2rem; }
h2 { font-size: 1.4rem; margin: 0 0 1rem; }
h3 { font-size: 1.05rem; margin: 0; }
p, li, dd { overflow-wrap: anywhere; }
section { margin-top: 4.5rem; }
.note, .missing { color: var(--soft); margin: 0.25rem 0 0; }
.note { font-size: 0.9rem; }
.heads { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 2rem; margin: 0; }
.heads dt { color: var(--soft); font-size: 0.9rem; }
.heads dd { margin: 0; font-size: 0.9rem; }
.heads .value { font-size: 2rem; font-weight: 600; line-height: 1.3; }
figure { margin: 2rem 0 0; }
figcaption { margin-bottom: 1rem; }
.drawing, .table { overflow-x: auto; }
.drawing:focus-visible, .table:focus-visible, summary:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
.drawing svg { display: block; max-width: none; height: auto; color: var(--ink); font-family: system-ui, sans-serif; margin: 0 auto; }
.drawing text { fill: currentColor; white-space: pre; }
.drawing .box { font-size: 13px; font-weight: 600; }
.drawing .small { font-size: 12px; fill: var(--soft); }
details { margin-top: 0.5rem; }
summary { cursor: pointer; color: var(--soft); padding: 0.75rem 0; min-height: 44px; }
table { border-collapse: collapse; font-size: 0.875rem; min-width: 100%; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 500; }
thead th { color: var(--soft); font-weight: 400; white-space: nowrap; }
th:first-child { text-align: left; }
td { white-space: nowrap; }
tbody th { min-width: 7rem; overflow-wrap: anywhere; }
#modes td, #hashes td, #modes th, #hashes th { text-align: left; }
#modes td:last-child, #hashes td:last-child { white-space: normal; min-width: 9.5rem; }
#hashes td:last-child { font-family: ui-monospace, monospace; font-size: 0.8rem; overflow-wrap: anywhere; }
ul { padding-left: 1.25rem; }
@media print {
  :root { --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --box: #ffffff; --mark: #2563a8; --second: #b4480f; }
  main { max-width: none; padding: 0; }
  section { margin-top: 2rem; }
  figure, .heads div { break-inside: avoid; }
  .drawing, .table { overflow: visible; }
  .drawing svg { max-width: 100%; }
  summary { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
