import { expect } from "chai";
import { atenRules } from "../../src/import/pt2/aten/index.js";
import { lowerPt2 } from "../../src/import/pt2/lowerPt2.js";
import { compileNetlist } from "../helpers/netlist.js";
import { programOf } from "../import/pt2/program.js";
import type { AtenCase } from "./aten/case.js";
import { atenCases } from "./atenCases.js";
import { toIntegers } from "./toIntegers.js";

const integersOf = ({ nodes, inputs, constants, range }: AtenCase) =>
  toIntegers(lowerPt2(programOf(nodes, inputs, constants), "model.pt2"), range);

/** Those whose circuit is compiled as well: forms that no other test's circuit has. */
const compiled = [
  "conv_transpose2d of two samples",
  "bmm with constants",
  "remainder",
  "numbers as integers",
  "sort",
  "prod",
  "conv2d.default of computed weights",
  "gather.default of computed indices",
];

describe("ATen operators as integers", function () {
  for (const [name, aten] of atenCases) {
    const share = aten.jumps === true ? 95 : 99;
    it(`${name}: ${share} % of its elements are the float meaning's, within 3 % of its range`, () => {
      expect(integersOf(aten).off).to.be.at.most(1 - share / 100);
    });
  }

  it("are all of the table's", () => {
    const functional = (operator: string) =>
      operator.startsWith("torch.ops.")
        ? operator.replace("torch.ops.", "")
        : `aten.${operator.replace(/([^_])_(\.\w+)$/, "$1$2")}`;
    const applied = new Set(
      atenCases.flatMap(([, { nodes }]) => nodes.map(([operator]) => functional(operator))),
    );
    expect([...atenRules.keys()].filter((operator) => !applied.has(operator))).to.deep.equal([]);
  });

  for (const name of compiled) {
    it(`${name}: its circuit costs what the netlist says`, async () => {
      const { netlist } = integersOf(atenCases.find(([title]) => title === name)![1]);
      const { nonlinear, linear } = netlist.cost;
      expect((await compileNetlist(name, netlist)).constraints).to.deep.equal({ nonlinear, linear });
    });
  }
});
