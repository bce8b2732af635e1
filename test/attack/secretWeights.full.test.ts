import { expect } from "chai";
import { isWiring, type Component, type Netlist } from "../../src/netlist/types.js";
import { SMALL_MODELS } from "../helpers/models.js";
import { withEntries } from "../helpers/netlist.js";
import { run, targetOf } from "./target.js";

/** A netlist with one argument of all layers of a template changed. */
function withArgument(
  netlist: Netlist,
  template: string,
  name: string,
  change: (value: number) => number,
): Netlist {
  const edit = (step: Component): Component => ({
    ...step,
    arguments: step.arguments.map(({ name: own, value }) => ({
      name: own,
      value: own === name ? withEntries(value, change) : value,
    })),
  });
  const steps = netlist.steps.map((step) =>
    !isWiring(step) && step.template === template ? edit(step) : step,
  );
  expect(steps).not.to.deep.equal(netlist.steps);
  return { ...netlist, steps };
}

describe("attack on private weights", function () {
  const model = SMALL_MODELS["dense, relu, dense"](11);

  it("is refused: other outputs, other weights, sums beyond their slots", async () => {
    const target = await targetOf("attack secret", model, { secretWeights: true });
    const { report, of } = await run(target, { seconds: 0.5 });
    expect(report.families.flatMap(({ holes }) => holes)).to.deep.equal([]);
    expect(of("E1").refused).to.be.greaterThan(10);
    expect(of("E11").notes).to.deep.equal([]);
    expect(of("search").refused).to.be.greaterThan(100);
  });

  it("finds sums that nothing holds in range", async () => {
    const target = await targetOf("attack secret unchecked", model, {
      secretWeights: true,
      edit: (netlist) => withArgument(netlist, "SecretLinear", "checked", () => 0),
    });
    const { report } = await run(target, { ids: ["E11", "search"], seconds: 0.5 });
    expect(report.found).to.be.greaterThan(0);
  });

  it("finds slots that are too narrow for what their requantization admits", async () => {
    const target = await targetOf("attack secret narrow", model, {
      secretWeights: true,
      edit: (netlist) => withArgument(netlist, "RequantizeClampLayer", "excessBits", (bits) => bits + 1),
    });
    const { of } = await run(target, { ids: ["E11"] });
    expect(of("E11").holes.map(({ what }) => what)).to.include(
      "sums of fc1_linear that overlap in their word",
    );
  });
});
