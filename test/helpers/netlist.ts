import { printCircom } from "../../src/circom/print.js";
import type { Netlist } from "../../src/netlist/types.js";
import { compileGadget, type Gadget } from "./gadget.js";

/** A circuit whose constants stand in the same file, as the harness wants it. */
export async function compileNetlist(name: string, netlist: Netlist): Promise<Gadget> {
  const { main, constants } = printCircom(netlist, { header: [name], constantsFile: "constants.circom" });
  const single = main.replace('include "constants.circom";', constants.replace(/pragma .*\n/, ""));
  return compileGadget(name.replace(/\W+/g, "_"), single);
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
    ({ most, offset, width, packer }) =>
      most - offset === 2 ** (width - 1) &&
      change.startsWith(`${packer}.bit[`) &&
      change.includes(`][${width - 1}]: `),
  );
}
