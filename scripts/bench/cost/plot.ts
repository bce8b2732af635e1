/** Points of a line, by its name. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const [WIDTH, HEIGHT] = [640, 400];
const BOX = { left: 60, right: 500, top: 40, bottom: 350 };
const COLORS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#777777"];

/** A plot with logarithmic axes as SVG text: the same for the same points. */
export function logPlot(title: string, xTitle: string, yTitle: string, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const x = axis(points.map(([value]) => value), BOX.left, BOX.right); // prettier-ignore
  const y = axis(points.map(([, value]) => value), BOX.bottom, BOX.top); // prettier-ignore
  const text = (at: readonly [number, number], anchor: string, words: string): string =>
    `<text x="${at[0]}" y="${at[1]}" text-anchor="${anchor}">${words}</text>`;
  const grid = [
    ...x.ticks.flatMap((tick) => [
      `<path class="grid" d="M${x.at(tick)} ${BOX.top}V${BOX.bottom}"/>`,
      text([x.at(tick), BOX.bottom + 18], "middle", shown(tick)),
    ]),
    ...y.ticks.flatMap((tick) => [
      `<path class="grid" d="M${BOX.left} ${y.at(tick)}H${BOX.right}"/>`,
      text([BOX.left - 8, y.at(tick) + 4], "end", shown(tick)),
    ]),
  ];
  const drawn = lines.flatMap(({ name, points: own }, i) => {
    const color = COLORS[i % COLORS.length];
    const at = own.map(([px, py]) => [x.at(px), y.at(py)] as const);
    const label = BOX.top + 10 + 20 * i;
    return [
      `<polyline stroke="${color}" points="${at.map((point) => point.join(",")).join(" ")}"/>`,
      ...at.map(([px, py]) => `<circle fill="${color}" cx="${px}" cy="${py}" r="3"/>`),
      `<path stroke="${color}" stroke-width="2" d="M${BOX.right + 12} ${label - 4}h16"/>`,
      text([BOX.right + 34, label], "start", name),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    "<style>polyline{fill:none;stroke-width:2}.grid{stroke:#dddddd}</style>",
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text([WIDTH / 2, 22], "middle", title),
    ...grid,
    ...drawn,
    text([(BOX.left + BOX.right) / 2, HEIGHT - 10], "middle", xTitle),
    text([8, BOX.top - 12], "start", yTitle),
    "</svg>",
    "",
  ].join("\n");
}

/** From the power of ten below all values to the one above. */
function axis(
  values: readonly number[],
  start: number,
  end: number,
): { ticks: number[]; at: (value: number) => number } {
  const logs = values.map(Math.log10);
  const least = Math.floor(Math.min(...logs));
  const most = Math.max(Math.ceil(Math.max(...logs)), least + 1);
  const at = (value: number): number => {
    const share = (Math.log10(value) - least) / (most - least);
    return Math.round(10 * (start + share * (end - start))) / 10;
  };
  return { ticks: Array.from({ length: most - least + 1 }, (_, i) => 10 ** (least + i)), at };
}

function shown(value: number): string {
  return value < 1 ? String(Number(value.toPrecision(1))) : value.toLocaleString("en");
}
