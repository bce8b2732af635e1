import { printBatch, printCircom, printSegment, type CircomSources } from "../../src/circom/text/print.js";
import type { Batch } from "../../src/netlist/batch.js";
import type { Segment } from "../../src/netlist/segments/segment.js";
import { isMatrix, type Argument, type Netlist } from "../../src/netlist/types.js";
import { constraintsOf } from "../../src/pipeline/report.js";
import type { Program } from "../../src/program/types.js";
import { compileGadget, type Gadget } from "./gadget.js";

/** Elements of an input in an order that no few loops make, with zeros between. */
export const SCATTERED: Program = {
  source: "5".repeat(64),
  operations: [
    { kind: "input", name: "x", size: 20, lo: -3, hi: 4 },
    {
      kind: "view",
      name: "scattered",
      size: 16,
      inputs: [0],
      index: Int32Array.from({ length: 16 }, scatter),
    },
  ],
  inputs: [{ name: "x", tensor: 0, shape: [20], scale: [1], offset: [0], bits: 3 }],
  outputs: [{ name: "y", tensor: 1, shape: [16], kind: "values", scale: [1], offset: [0] }],
};

function scatter(_: unknown, i: number): number {
  return ((i * i * 7) % 20) - (i % 5 === 3 ? 20 : 0) < 0 ? -1 : (i * i * 7) % 20;
}

/** A circuit whose constants stand in the same file, as the harness wants it. */
export function compileNetlist(name: string, netlist: Netlist): Promise<Gadget> {
  return compileSources(name, printCircom(netlist, { header: [name], constantsFile: "constants.circom" }));
}

/** As {@link compileNetlist}, of a batch. */
export function compileBatch(name: string, batch: Batch): Promise<Gadget> {
  return compileSources(name, printBatch(batch, { header: [name], constantsFile: "constants.circom" }));
}

/** As {@link compileNetlist}, of a segment. */
export function compileSegment(name: string, segment: Segment): Promise<Gadget> {
  return compileSources(name, printSegment(segment, { header: [name], constantsFile: "constants.circom" }));
}

function compileSources(name: string, { main, constants }: CircomSources): Promise<Gadget> {
  const single = main.replace('include "constants.circom";', constants.replace(/pragma .*\n/, ""));
  return compileGadget(name.replace(/\W+/g, "_"), single);
}

/** A netlist's constraints: the sum of the rows in which `inspect` and a report show them. */
export function constraintsByRow(netlist: Netlist): { nonlinear: number; linear: number } {
  const { layers, parts } = constraintsOf(netlist);
  const total = (key: "nonlinear" | "linear") =>
    [...layers, ...parts].reduce((sum, row) => sum + row[key], 0);
  return { nonlinear: total("nonlinear"), linear: total("linear") };
}

/**
 * Whether a change of one wire, as mutateEveryWire lists it, moves a hint that is free by design: a clamp's x while its
 * input lies in the kept range, the inverse of 0 that says whether a score lies within the table, and the last bit of a
 * range check that weighs 1, as the first does, where a domain has one value more than a power of two. See
 * circuits/requantize.circom, exp.circom and binding.circom.
 */
export function isFreeByDesign({ inputs }: Netlist, change: string): boolean {
  if (/(gadget\[\d+\]\.x|\.keep\.inverse): /.test(change)) return true;
  return inputs.some(
    ({ hi, offset, width, packer }) =>
      hi - offset === 2 ** (width - 1) &&
      change.startsWith(`${packer}.held[`) &&
      change.includes(`].bit[${width - 1}]: `),
  );
}

/** All numbers of an argument. */
export function entriesOf(value: Argument): number[] {
  if (typeof value === "number") return [value];
  return Array.from(isMatrix(value) ? value.entries : value);
}

/** An argument of the same shape with other numbers. */
export function withEntries(value: Argument, change: (entry: number, at: number) => number): Argument {
  if (typeof value === "number") return change(value, 0);
  return isMatrix(value) ? { ...value, entries: value.entries.map(change) } : value.map(change);
}
