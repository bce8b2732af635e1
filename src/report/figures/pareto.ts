import { dot, line, ruleY, text } from "@observablehq/plot";
import type { Calibration } from "../../artifacts/reportForm.js";
import type { ReportData } from "../data.js";
import type { Figure, Missing } from "../figure.js";
import { chart, WIDTH } from "../plot.js";
import { count, percent, plural, real } from "../words.js";

type Point = Calibration["points"][number];

/** The choices of bits that a calibration has found: loss against constraints. */
export function choicesOfBits({ calibration, manifest }: ReportData): Figure | Missing {
  if (calibration === undefined || calibration.points.length === 0)
    return {
      why: `No other bits were tried: npx hardhat torch2circom:calibrate ${manifest.name} draws what they would cost and lose here.`,
    };
  const { points, best, maxLoss, within, trials } = calibration;
  const chosen = points[Math.min(best, points.length - 1)];
  const label = "Points of accuracy that are lost against constraints, for each choice of bits";
  const data = withLabels(points, chosen).filter(({ loss }) => loss <= highest(maxLoss, chosen));
  const [dotted] = data.filter(({ one }) => one === chosen);
  const beyond = points.length - data.length;
  return {
    finding: describe(points, chosen, { maxLoss, within }),
    label,
    note: `${plural(trials, "choice")} of bits tried; those that none beats are drawn, with bits of inputs / weights / activations. The full dot is the best one, the dashed line what was allowed.${beyond === 0 ? "" : ` ${plural(beyond, "choice")} that ${beyond === 1 ? "loses" : "lose"} far more ${beyond === 1 ? "is" : "are"} in the table only.`}`,
    drawing: chart(label, {
      ...{ height: 360, marginLeft: 56, marginRight: 40, marginBottom: 48, marginTop: 28 },
      x: { label: "constraints", labelArrow: "none", nice: true, ticks: 6 },
      y: { label: "points lost", labelArrow: "none", nice: true, grid: true, ticks: 6, zero: true },
      marks: [
        ruleY([maxLoss], { stroke: "var(--second)", strokeDasharray: "6 4" }),
        line(data, { x: "cost", y: "loss", stroke: "var(--soft)" }),
        dot(data, { x: "cost", y: "loss", r: 4, stroke: "var(--mark)", fill: "var(--paper)" }),
        dot([dotted], { x: "cost", y: "loss", r: 6, fill: "var(--mark)" }),
        text(
          data.filter((one) => one.text !== ""),
          { x: "cost", y: "loss", text: "text", dy: -14 },
        ),
      ],
    }),
    table: {
      columns: ["bits", "layers apart", "non-linear", "linear", "domain", "score", "points lost", "held out"],
      rows: points.map((one) => [
        bitsOf(one),
        count(one.layers),
        count(one.nonlinear),
        count(one.linear),
        `2^${one.power}`,
        real(one.score),
        one.loss.toFixed(2),
        one.heldOut === undefined ? "–" : one.heldOut.toFixed(2),
      ]),
    },
  };
}

function describe(
  points: readonly Point[],
  chosen: Point,
  { maxLoss, within }: Pick<Calibration, "maxLoss" | "within">,
): string {
  if (!within) return `No choice of bits loses ${maxLoss} points or less`;
  const exact = points.reduce((a, b) => (b.loss < a.loss ? b : a));
  const saved = 1 - costOf(chosen) / costOf(exact);
  const less = saved > 0 ? `, ${percent(saved)} fewer than the most accurate choice` : "";
  return `${count(costOf(chosen))} constraints keep the loss within ${maxLoss} points${less}`;
}

/** The greatest loss that is drawn: choices that lose nearly everything would flatten all others. */
function highest(maxLoss: number, chosen: Point): number {
  return Math.max(8 * maxLoss, 4, 2 * chosen.loss);
}

/** Room for a label, as a share of the chart. */
const ROOM = 70 / WIDTH;

/** Points with labels that do not lie upon each other: the best one's comes first. */
function withLabels(points: readonly Point[], chosen: Point) {
  const costs = points.map(costOf);
  const span = Math.max(...costs) - Math.min(...costs) || 1;
  const labelled = [costOf(chosen)];
  return points.map((one) => {
    const cost = costOf(one);
    const isFree = labelled.every((other) => Math.abs(other - cost) > ROOM * span);
    if (isFree) labelled.push(cost);
    return { one, cost, loss: one.loss, text: isFree || one === chosen ? bitsOf(one) : "" };
  });
}

function bitsOf({ inputBits, weightBits, activationBits }: Point): string {
  return `${inputBits}/${weightBits}/${activationBits}`;
}

function costOf({ nonlinear, linear }: Point): number {
  return nonlinear + linear;
}
