import type { NodeProto } from "./proto.js";

/**
 * The nodes in an order in which each stands behind those that it reads. Files are in such an order already by ONNX's
 * rules, but tools write others too. Nodes that read each other in a circle keep their places at the end.
 */
export function inOrder(nodes: readonly NodeProto[]): readonly NodeProto[] {
  const producers = new Map<string, number>();
  nodes.forEach(({ output }, i) => output.forEach((name) => name !== "" && producers.set(name, i)));
  const sources = nodes.map((node, i) => {
    const found = namesRead(node).flatMap((name) => producers.get(name) ?? []);
    return new Set(found.filter((source) => source !== i));
  });
  if (sources.every((list, i) => [...list].every((source) => source < i))) return nodes;
  const readers = nodes.map((): number[] => []);
  sources.forEach((list, i) => list.forEach((source) => readers[source].push(i)));
  const waiting = sources.map((list) => list.size);
  const ready = nodes.flatMap((_, i) => (waiting[i] === 0 ? [i] : []));
  // Grows while it is walked.
  for (const i of ready) {
    for (const reader of readers[i]) if (--waiting[reader] === 0) ready.push(reader);
  }
  const placed = new Set(ready);
  return [...ready, ...nodes.map((_, i) => i).filter((i) => !placed.has(i))].map((i) => nodes[i]);
}

/** The values that a node reads, in its subgraphs too. */
export function namesRead({ input, attribute }: NodeProto): string[] {
  const inside = attribute.flatMap(({ g }) =>
    g === undefined ? [] : [...g.node.flatMap(namesRead), ...g.output.map(({ name }) => name)],
  );
  return [...input, ...inside];
}
