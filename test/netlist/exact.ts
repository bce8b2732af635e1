import { expect } from "chai";
import { packWords } from "../../src/client/commitment.js";
import type { Graph } from "../../src/graph/types.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import type { Netlist } from "../../src/netlist/types.js";
import { execute } from "../../src/program/execute.js";
import type { Program } from "../../src/program/types.js";
import { causalHead } from "../helpers/causal.js";
import type { Gadget } from "../helpers/gadget.js";
import { PRECISION, programOf, randomNumbers } from "../helpers/models.js";
import { compileNetlist, constraintsByRow } from "../helpers/netlist.js";
import { honest } from "../helpers/soundness.js";

const precision = { ...PRECISION, inputBits: 8, weightBits: 8, activationBits: 8, tableBits: 8 };

export interface Compiled {
  readonly program: Program;
  readonly netlist: Netlist;
  readonly gadget: Gadget;
}

/** A graph's circuit, at the cost that its netlist says. */
export async function compile(name: string, model: Graph): Promise<Compiled> {
  const { program } = programOf(model, { precision });
  const netlist = buildNetlist(program);
  const gadget = await compileNetlist(name, netlist);
  expect(gadget.constraints).to.deep.equal(constraintsByRow(netlist));
  return { program, netlist, gadget };
}

/** The circuit has a witness for an input, and it is the executor's. */
export function isExact({ program, netlist, gadget }: Compiled, x: readonly number[]): void {
  const values = execute(program, [Float64Array.from(x)]);
  const outputWords = netlist.outputs.flatMap((packing) => packWords(values[packing.tensor], packing));
  honest(gadget, { [netlist.inputs[0].signal]: x, salt: 5n, binding: 77n }, { outputWords });
}

/** A causal head of width d, with learned positions of a size, on all corners of its domain and between. */
export async function isExactHead(d: number, size: number): Promise<void> {
  const head = await compile(`causal_${d}_${size}`, causalHead(d, size));
  const { lo, hi, size: count } = head.program.operations[0] as { lo: number; hi: number; size: number };
  for (let corner = 0; corner < 2 ** count; corner++)
    isExact(
      head,
      Array.from({ length: count }, (_, i) => ((corner >> i) & 1 ? hi : lo)),
    );
  const next = randomNumbers(d);
  for (let i = 0; i < 40; i++)
    isExact(
      head,
      Array.from({ length: count }, () => Math.floor(lo + ((next() + 1) / 2) * (hi - lo + 1))),
    );
}
