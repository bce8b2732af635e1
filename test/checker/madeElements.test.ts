import { expect } from "chai";
import { checkWidths } from "../../src/checker/check.js";
import { GraphBuilder } from "../../src/graph/builder.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { Graph } from "../../src/graph/types.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { isWiring, type Netlist } from "../../src/netlist/types.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import type { Program } from "../../src/program/types.js";
import { programOf, PRECISION } from "../helpers/models.js";
import { textsOf } from "./texts.js";

const [HEAD, FEATURES] = [32, 4];

/**
 * Scores of two towers, of which those on and below the diagonal are read: rows whose ranges differ much, since the first
 * row's element above the diagonal is far wider than all that is read.
 */
function twoTowers(): Graph {
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: "float", shape: [1, 1, FEATURES] });
  const tower = (name: string, weight: (out: number, feature: number) => number): string => {
    b.module = name;
    const weights = Float64Array.from({ length: HEAD * FEATURES }, (_, i) =>
      weight(Math.floor(i / FEATURES), i % FEATURES),
    );
    return b.apply("linear", [x, b.constant(tensor("float", [HEAD, FEATURES], weights))]);
  };
  const wide = (out: number, feature: number) => Number(feature === (out === 0 ? 0 : 1));
  const small = (own: number) => (out: number, feature: number) => (out === 0 && feature === own ? 1 / 4 : 0);
  const [q0, q1] = [tower("q0", wide), tower("q1", small(2))];
  const [k0, k1] = [tower("k0", small(3)), tower("k1", wide)];
  b.module = "mix";
  const q = b.apply("concat", [q0, q1], { axis: 1 });
  const k = b.apply("concat", [k0, k1], { axis: 1 });
  const scores = b.apply("matmul", [q, b.apply("transpose", [k], { perm: [0, 2, 1] })]);
  const flat = b.apply("reshape", [scores], { shape: [1, 4] });
  const read = b.apply("gather", [flat, b.constant(tensor("int", [3], [0, 2, 3]))], { axis: 1 });
  return b.finish([{ name: "y", id: read }]);
}

/** The netlist with slots for the elements that the program reads, and for no others. */
function withWantedWidths(program: Program, netlist: Netlist): Netlist {
  const steps = netlist.steps.map((step) => {
    if (isWiring(step) || step.template !== "MatMulLayer") return step;
    const { lo, hi } = checkedIntervals(program)[step.output];
    const least = Math.min(...lo);
    const w = (Math.max(...hi) - least).toString(2).length;
    const of = (name: string) => step.arguments.find((own) => own.name === name)!.value as number;
    expect(w).to.be.below(of("resultBits"));
    const replaced = new Map([
      ["resultBits", w],
      ["least", least],
    ]);
    return {
      ...step,
      arguments: step.arguments.map(({ name, value }) => ({ name, value: replaced.get(name) ?? value })),
    };
  });
  return { ...netlist, steps };
}

describe("elements that a product makes and nobody wants", function () {
  const precision = { ...PRECISION, inputBits: 8, weightBits: 8, activationBits: 8, tableBits: 8 };
  const { program } = programOf(twoTowers(), { precision });
  const netlist = buildNetlist(program);

  it("are held to their slots", () => {
    expect(program.operations.some((operation) => operation.kind === "matmul" && operation.causal)).to.equal(
      true,
    );
    expect(checkWidths(textsOf(program, netlist)).findings).to.deep.equal([]);
  });

  it("are found where slots are only for what is wanted", () => {
    const { findings } = checkWidths(textsOf(program, withWantedWidths(program, netlist)));
    expect(findings).to.have.length(1);
    expect(findings[0].what).to.equal("a value beyond its slot");
    expect(findings[0].evidence).to.match(
      /^element \(0, 1\) of product 0, made in blocks of 2 x \d+, can be in /,
    );
  });
});
