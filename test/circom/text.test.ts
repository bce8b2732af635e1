import { expect } from "chai";
import fc from "fast-check";
import { placesOf, printConnection, ZERO, type Connection } from "../../src/circom/text/connection.js";
import { printCircom } from "../../src/circom/text/print.js";
import { structureOf, type CircuitText, type Constant } from "../../src/circom/text/circuit.js";
import { readCircuit } from "../../src/circom/text/read.js";
import { statementsOf } from "../../src/circom/text/statements.js";
import { nestsOf } from "../../src/circom/text/strides.js";
import { libraryText } from "../../src/circom/libraryText.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { isMatrix, isWiring, rowsOf, type Netlist } from "../../src/netlist/types.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";
import { SCATTERED } from "../helpers/netlist.js";

/** Element of a signal, or 0. */
type Element = readonly [signal: string, index: number] | 0;

/** What feeds each element of a signal. @param size of the signal */
function feeders(connections: readonly Connection[], to: string, size: number): (Element | undefined)[] {
  const found = new Array<Element | undefined>(size).fill(undefined);
  for (const { from, loops } of connections.filter((one) => one.to === to)) {
    const places = loops === undefined ? found.map((_, i) => [i, i] as const) : placesOf(loops);
    for (const [into, of] of places) {
      expect(found[into], `${to}[${into}] is fed twice`).to.equal(undefined);
      found[into] = from === ZERO ? 0 : [from, of];
    }
  }
  return found;
}

/** Whether a text says of each step what the netlist says. */
function sameSteps({ steps, connections }: CircuitText, netlist: Netlist): void {
  const signals = new Map<number, { signal: string; size: number }>(
    netlist.inputs.map(({ tensor, signal, count }) => [tensor, { signal, size: count }]),
  );
  const byName = new Map(steps.map((step) => [step.name, step]));
  for (const step of netlist.steps) {
    const text = byName.get(step.name)!;
    const operands = step.inputs.flatMap((input) => {
      const { signal, size } = signals.get(input)!;
      return Array.from({ length: size }, (_, i): Element => [signal, i]);
    });
    expect(text.comment[0]).to.satisfy((line: string) => line.startsWith(step.label));
    const isList = isWiring(step) && text.template === "";
    signals.set(step.output, { signal: isList ? step.name : `${step.name}.out`, size: step.size });
    if (isList) {
      const moved = Array.from(step.index, (i) => (i < 0 ? 0 : operands[i]));
      expect(text.size).to.equal(step.size);
      expect(feeders(connections, step.name, step.size)).to.deep.equal(moved);
      continue;
    }
    expect(feeders(connections, `${step.name}.in`, operands.length)).to.deep.equal(operands);
    const own = isWiring(step)
      ? { inputs: operands.length, outputs: step.size, index: Array.from(step.index) }
      : Object.fromEntries(step.arguments.map(({ name, value }) => [name, plain(value)]));
    expect(text.template).to.equal(isWiring(step) ? "Wiring" : step.template);
    expect(Object.fromEntries(text.arguments)).to.deep.equal(own);
  }
  for (const [i, { tensor, count, width, offset }] of netlist.outputs.entries()) {
    const { signal } = signals.get(tensor)!;
    expect([...byName.get(`output_${i}`)!.arguments.values()]).to.deep.equal([count, width, offset]);
    expect(connections).to.deep.include({ to: `output_${i}.in`, from: signal });
  }
}

function plain(value: Constant): Constant {
  return typeof value === "object" && isMatrix(value) ? rowsOf(value).map((row) => Array.from(row)) : value;
}

/** With matrices as the lists of lists that a text has. */
function inLists(circuit: CircuitText): CircuitText {
  const steps = circuit.steps.map((step) => ({
    ...step,
    arguments: new Map(Array.from(step.arguments, ([name, value]) => [name, plain(value)])),
  }));
  return { ...circuit, steps };
}

describe("the text of circuits", function () {
  let library: string;
  before(async () => {
    library = await libraryText();
  });

  for (const [name, model] of Object.entries(SMALL_MODELS))
    it(`of "${name}" is read as the netlist that was printed`, () => {
      for (const secretWeights of [false, true])
        for (const inputMode of ["committed", "evaluated", "public"] as const)
          for (const outputMode of ["public", "committed", "encrypted"] as const) {
            if (inputMode === "public" && outputMode === "encrypted") continue;
            const { program } = programOf(model(3), { secretWeights });
            const netlist = buildNetlist(program, inputMode, outputMode);
            const printed = printCircom(netlist, { header: ["a test"], constantsFile: "constants.circom" });
            const text = readCircuit({ ...printed, library });
            sameSteps(text, netlist);
            expect(text).to.deep.equal(inLists(structureOf(statementsOf(netlist))));
            const lines = printed.main.split("\n").filter((line) => line.includes("<=="));
            expect(text.connections.map(printConnection)).to.deep.equal(lines.map((line) => line.trim()));
            const declared = [...text.inputs, ...text.outputs].map(({ name: own }) => own);
            for (const own of declared)
              expect(printed.main).to.match(new RegExp(`signal (in|out)put ${own}\\b`));
            expect(declared).to.include.members(["binding", ...netlist.inputs.map(({ signal }) => signal)]);
          }
    });

  it("of moves that are not few loops is read as the netlist that was printed", () => {
    const netlist = buildNetlist(SCATTERED);
    const printed = printCircom(netlist, { header: ["a test"], constantsFile: "constants.circom" });
    const text = readCircuit({ ...printed, library });
    expect(text.steps.map(({ template }) => template)).to.include("Wiring");
    sameSteps(text, netlist);
  });

  it("is refused where it has anything else", () => {
    const { program } = programOf(SMALL_MODELS["embedding, attention with a mask, residual, layer norm"](3));
    const { main, constants } = printCircom(buildNetlist(program), { header: [], constantsFile: "c.circom" });
    const broken = [
      ["component bind = Bind();", "component bind = Bond();", /template of the library, and not Bond/],
      ["bind.in <== binding;", "bind.in === binding;", /"= = = binding/],
      ["bind.in <== binding;", "if (1) bind.in <== binding;", /where "<==" is to be/],
      ["(var i = 0;", "(var x = 0;", /where "i" is to be/],
      ["component main {public [binding]}", "component main", /where "\{" is to be/],
    ] as const;
    for (const [from, to, reason] of broken) {
      const edited = main.replace(from, to);
      expect(edited).not.to.equal(main);
      expect(() => readCircuit({ main: edited, constants, library }), to).to.throw(reason);
    }
  });
});

describe("moves of elements as loops", () => {
  it("run through the elements in their order, whatever these are", () => {
    const place = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place), { maxLength: 40 }), (pairs) => {
        const [to, from] = [pairs.map(([into]) => into), pairs.map(([, of]) => of)];
        const nests = nestsOf(to, from, pairs.length)!;
        expect(nests.flatMap((nest) => [...placesOf(nest)])).to.deep.equal(pairs);
      }),
    );
  });

  it("are one nest where the index is affine", () => {
    const dimension = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -9, max: 9 }));
    fc.assert(
      fc.property(fc.array(dimension, { maxLength: 4 }), (dimensions) => {
        const from = dimensions.reduce(
          (starts, [count, stride]) =>
            starts.flatMap((start) => Array.from({ length: count }, (_, i) => start + i * stride)),
          [50],
        );
        expect(nestsOf([...from.keys()], from, 1)).to.have.length(1);
      }),
    );
  });
});
