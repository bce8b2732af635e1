import type { ReportData } from "../data.js";
import type { Figure, Missing } from "../figure.js";
import { html, type Html } from "../html.js";
import { count, LONGEST_LABEL, percent, plural, shape, shown } from "../words.js";
import { groupLayers, type Group } from "./groups.js";
import { layOut, type Point } from "./layout.js";

const BOX = { width: 224, height: 52 };
const BAR = 4;

/** The model as its circuit has it: layers from the inputs to the outputs, with shapes and constraints. */
export function architecture({ report, manifest }: ReportData): Figure | Missing {
  const { layers, results } = report;
  if (results === undefined || layers.some(({ from }) => from === undefined))
    return {
      why: "This build did not keep how its layers follow each other: build it again to have it drawn.",
    };
  if (layers.length === 0) return { why: "The model computes nothing: its outputs are inputs." };
  const groups = groupLayers(layers);
  const label = "Layers of the model, from its inputs to its outputs";
  const ends = endsOf(groups, results);
  const edges = edgesOf(groups, ends);
  const skips = countSkips(groups);
  const joined = groups.length < layers.length ? `, drawn as ${count(groups.length)} groups` : "";
  return {
    finding: `${plural(layers.length, "layer")}${joined}, ${skips === 0 ? "without a skip edge" : `with ${plural(skips, "skip edge")}`}`,
    label,
    note: "The bar at the foot of a box is its share of the constraints. Rearrangements of elements cost nothing and are not drawn.",
    drawing: draw(label, groups, edges, {
      inputs: manifest.inputs.map(({ name }) => name),
      outputs: manifest.outputs.map(({ name }) => name),
    }),
    table: {
      columns: ["layer", "gadget", "takes", "result", "constraints"],
      rows: layers.map((layer) => [
        shown(layer.layer),
        shown(layer.gadget),
        namesOf((layer.from ?? []).map((i) => (i < 0 ? "inputs" : layers[i].layer))),
        layer.shape === undefined ? plural(layer.outputs, "number") : shape(layer.shape),
        count(layer.nonlinear + layer.linear),
      ]),
    },
  };
}

/** Some names, and how many more there are. */
function namesOf(names: readonly string[]): string {
  const most = 3;
  const more = names.length > most ? ` and ${count(names.length - most)} more` : "";
  return `${names
    .slice(0, most)
    .map((name) => shown(name, 40))
    .join(", ")}${more}`;
}

/** The groups that the outputs are taken of; -1 for the inputs. */
function endsOf(groups: readonly Group[], results: readonly number[]): number[] {
  const starts: number[] = [];
  let start = 0;
  for (const { layers } of groups) {
    starts.push(start);
    start += layers.length;
  }
  return [...new Set(results.map((layer) => starts.findLastIndex((first) => first <= layer)))];
}

/** Pairs of boxes: the inputs are box 0, the groups follow, and the outputs are the last. */
function edgesOf(groups: readonly Group[], ends: readonly number[]): [number, number][] {
  return [
    ...groups.flatMap(({ from }, to) => from.map((source): [number, number] => [source + 1, to + 1])),
    ...ends.map((source): [number, number] => [source + 1, groups.length + 1]),
  ];
}

/** Edges beside which a longer way leads to the same group. */
function countSkips(groups: readonly Group[]): number {
  /** The groups behind each one: all that lead to it. */
  const behind: Set<number>[] = [];
  let skips = 0;
  for (const { from } of groups) {
    const indirect = new Set(from.flatMap((source) => [...(behind[source] ?? [])]));
    skips += from.filter((source) => indirect.has(source)).length;
    behind.push(new Set([...indirect, ...from]));
  }
  return skips;
}

function draw(
  label: string,
  groups: readonly Group[],
  edges: readonly (readonly [number, number])[],
  { inputs, outputs }: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): Html {
  const { width, height, boxes, lines } = layOut(groups.length + 2, edges, BOX);
  const all = groups.reduce((sum, { constraints }) => sum + constraints, 0) || 1;
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return html`<svg viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${label}">
    <defs>
      <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
        <path d="M0,0L8,4L0,8z" fill="var(--soft)" />
      </marker>
    </defs>
    ${lines.map(
      (points) =>
        html`<path
          d="${pathOf(points)}"
          fill="none"
          stroke="var(--soft)"
          stroke-width="1.3"
          marker-end="url(#tip)"
        />`,
    )}
    ${endBox(boxes[0], "inputs", inputs)}
    ${groups.map((group, i) => groupBox(boxes[i + 1], group, group.constraints / all))}
    ${endBox(boxes[groups.length + 1], "outputs", outputs)}
  </svg>`;
}

/** Where the model begins or ends: rounded, with the names of what goes in or out. */
function endBox(center: Point, what: string, names: readonly string[]): Html {
  const { x, y } = corner(center);
  return html`<g>
    <title>${namesOf(names)}</title>
    <rect
      x="${x}"
      y="${y}"
      width="${BOX.width}"
      height="${BOX.height}"
      rx="26"
      fill="none"
      stroke="var(--soft)"
    />
    <text x="${round(center.x)}" y="${y + 22}" text-anchor="middle" class="box">${what}</text>
    <text x="${round(center.x)}" y="${y + 39}" text-anchor="middle" class="small"
      >${shown(names.join(", "), 30)}</text
    >
  </g>`;
}

function groupBox(center: Point, { name, layers, constraints }: Group, share: number): Html {
  const { x, y } = corner(center);
  const [first] = layers;
  const size =
    layers.length > 1
      ? plural(layers.length, "layer")
      : first.shape === undefined
        ? plural(first.outputs, "number")
        : shape(first.shape);
  const bar = round(Math.min(1, share) * BOX.width);
  return html`<g>
    <title>
      ${shown(name)}: ${plural(constraints, "constraint")}, ${percent(share)} of those of all layers
    </title>
    <rect
      x="${x}"
      y="${y}"
      width="${BOX.width}"
      height="${BOX.height}"
      fill="var(--box)"
      stroke="var(--line)"
    />
    <rect x="${x}" y="${y + BOX.height - BAR}" width="${bar}" height="${BAR}" fill="var(--mark)" />
    <text x="${x + 10}" y="${y + 20}" class="box">${shown(name, LONGEST_LABEL)}</text>
    <text x="${x + 10}" y="${y + 38}" class="small">${size} · ${plural(constraints, "constraint")}</text>
  </g>`;
}

function corner({ x, y }: Point): Point {
  return { x: round(x - BOX.width / 2), y: round(y - BOX.height / 2) };
}

/** Through the middles of all pieces, so that bends are round. */
function pathOf(points: readonly Point[]): string {
  const at = ({ x, y }: Point) => `${round(x)},${round(y)}`;
  const [first, ...rest] = points;
  const bends = rest.slice(0, -1).map((point, i) => {
    const next = rest[i + 1];
    return `Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`;
  });
  return `M${at(first)}${bends.join("")}L${at(rest[rest.length - 1])}`;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
