import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readR1cs, type R1cs } from "../../src/circom/r1cs.js";
import { structureOf } from "../../src/circom/text/circuit.js";
import { statementsOf } from "../../src/circom/text/statements.js";
import { compareSystems } from "../../src/link/compare.js";
import { linkCircuit } from "../../src/link/link.js";
import { writeRows } from "../../src/link/rows.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import type { Netlist } from "../../src/netlist/types.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";
import { compileNetlist } from "../helpers/netlist.js";

describe("the linker", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "torch2circom-link-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function linked(
    netlist: Netlist,
  ): Promise<{ r1cs: R1cs; counts: { nonlinear: number; linear: number } }> {
    const circuit = structureOf(statementsOf(netlist));
    const path = join(folder, "linked.r1cs");
    const counts = writeRows(await linkCircuit({ circuit, cacheDir: "cache" }), path);
    return { r1cs: readR1cs(path), counts };
  }

  for (const [name, model] of Object.entries(SMALL_MODELS))
    it(`makes the system that circom makes of "${name}"`, async () => {
      const netlist = buildNetlist(programOf(model(3)).program);
      const { r1cs, counts } = await linked(netlist);
      expect(counts).to.deep.equal({ nonlinear: netlist.cost.nonlinear, linear: netlist.cost.linear });
      const whole = await compileNetlist(name, netlist);
      expect(compareSystems(r1cs, whole.r1cs).difference).to.equal(undefined);
    });
});
