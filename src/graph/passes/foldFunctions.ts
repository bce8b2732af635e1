import { compileFormula, printFormula } from "../../operators/function.js";
import type { Graph, GraphNode, ValueId } from "../types.js";
import { PartFinder, type Part } from "./functionParts.js";
import { knownFunction } from "./knownFunctions.js";
import { rewrite } from "./rewrite.js";

/**
 * Makes one node of operators that together are a function of one number: softplus as log(1 + e^x), SiLU as
 * x · sigmoid(x), whichever way an exporter wrote it. A circuit then looks its value up once, and rounds it once.
 */
export function foldFunctions(graph: Graph): Graph {
  const folded = functionsIn(graph);
  return rewrite(graph, (node, _, { builder, renamed }) => {
    const found = folded.get(node);
    return found && [builder.apply(found.op, [renamed(found.source)], found.attributes)];
  });
}

type Replacement = Pick<GraphNode, "op" | "attributes">;

/** What becomes of the last node of each part that is worth folding. */
function functionsIn(graph: Graph): Map<GraphNode, Replacement & { readonly source: ValueId }> {
  const finder = new PartFinder(graph);
  const folded = new Map<GraphNode, Replacement & { readonly source: ValueId }>();
  const inside = new Set<GraphNode>();
  for (const node of graph.nodes.toReversed()) {
    if (inside.has(node)) continue;
    const parts = finder.partsEndingIn(node).filter((part) => pays(finder, part));
    const found = foldedOf(finder, parts);
    if (found === undefined) continue;
    folded.set(node, { ...found.replacement, source: found.part.source });
    const shared = finder.sharedOf(found.part);
    for (const member of found.part.members) if (!shared.has(member)) inside.add(member);
  }
  return folded;
}

/** Whether the members that no one else needs cost what a table does. */
function pays(finder: PartFinder, part: Part): boolean {
  const shared = finder.sharedOf(part);
  return shared.size === 0 || part.members.some((node) => !shared.has(node) && isTable(finder, node));
}

interface Found {
  readonly part: Part;
  readonly replacement: Replacement;
}

function foldedOf(finder: PartFinder, parts: readonly Part[]): Found | undefined {
  const longest = parts.findLast((longer, i) => i === 0 || gains(finder, longer, parts[i - 1]));
  if (longest === undefined) return undefined;
  const known = asKnown(finder, parts);
  const tables = longest.members.some((node) => isTable(finder, node));
  if (!tables || (known !== undefined && known.part.members.length >= longest.members.length)) return known;
  return asFormula(finder, longest);
}

/** The longest part that is an operator of its own, if it is more than what a ReLU does for less. */
function asKnown(finder: PartFinder, parts: readonly Part[]): Found | undefined {
  for (const part of parts.toReversed()) {
    const curves = curvesOf(finder, part);
    if (part.members.length < 2 || curves.every(({ op }) => op === "relu" || op === "clamp")) continue;
    // What a sign is at 0 may not show where functions are compared.
    if (part.members.some(({ op }) => op === "sign")) continue;
    const steps = finder.stepsOf(part);
    const constants = steps.flatMap(({ operands, attributes }) =>
      [...operands, ...Object.values(attributes)].filter((term) => typeof term === "number"),
    );
    const replacement = knownFunction(compileFormula(steps), constants);
    if (replacement !== undefined) return { part, replacement };
  }
  return undefined;
}

/**
 * A part of which a table takes the place of another and something beside it: a constant that is added to a table's
 * result counts, since what is left (e^x - 1) may be much smaller; one that scales it is free.
 */
function asFormula(finder: PartFinder, part: Part): Found | undefined {
  const last = part.members.at(-1)!;
  const scales = finder.isScaling(last) && last.op !== "add" && last.op !== "sub";
  const curves = curvesOf(finder, part);
  if (curves.length < 2 && (scales || curves.includes(last))) return undefined;
  const formula = printFormula(finder.stepsOf(part));
  return { part, replacement: { op: "function", attributes: { formula } } };
}

/**
 * Whether a table gains by beginning earlier: what only scales and shifts is free in front of it, and what cuts off
 * what is below 0 leaves it all of its bits for the rest.
 */
function gains(finder: PartFinder, longer: Part, shorter: Part): boolean {
  const lines = finder.linesOf(longer);
  return longer.members.some(
    (node) =>
      !shorter.members.includes(node) &&
      !lines.has(node) &&
      node.op !== "relu" &&
      !(node.op === "clamp" && node.attributes.min === 0),
  );
}

/** Members that cost something: all but sums, and what scales and shifts. */
function curvesOf(finder: PartFinder, { members }: Part): GraphNode[] {
  return members.filter((node) => !finder.isScaling(node) && node.op !== "add" && node.op !== "sub");
}

/** Operators of a formula that are not tables by themselves. */
const noTable = new Set(["add", "sub", "mul", "minimum", "maximum", "less", "lessOrEqual", "equal", "where"]);
const nearlyFree = new Set(["relu", "clamp", "cast", "finite"]);

function isTable(finder: PartFinder, node: GraphNode): boolean {
  if (noTable.has(node.op) || nearlyFree.has(node.op) || finder.isScaling(node)) return false;
  return !(node.op === "pow" && node.attributes.exponent === 2);
}
