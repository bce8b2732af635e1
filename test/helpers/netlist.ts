import { printCircom } from "../../src/circom/print.js";
import type { Netlist } from "../../src/netlist/types.js";
import { compileGadget, type Gadget } from "./gadget.js";

/** A circuit whose constants stand in the same file, as the harness wants it. */
export async function compileNetlist(name: string, netlist: Netlist): Promise<Gadget> {
  const { main, constants } = printCircom(netlist, { header: [name], constantsFile: "constants.circom" });
  const single = main.replace('include "constants.circom";', constants.replace(/pragma .*\n/, ""));
  return compileGadget(name.replace(/\W+/g, "_"), single);
}
