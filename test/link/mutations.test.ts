import { expect } from "chai";
import type { R1cs } from "../../src/circom/r1cs.js";
import { compareSystems } from "../../src/link/compare.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";
import { compileNetlist } from "../helpers/netlist.js";

/** The rows of a system in another order, with other numbers of its inner wires, and some with all signs changed. */
function shuffled(r1cs: R1cs): R1cs {
  const { constraints, wireCount, starts } = r1cs;
  const first = 1 + r1cs.publicOutputs + r1cs.publicInputs;
  const inner = wireCount - first;
  // A step that shares no factor with their number goes through all of them.
  const step = [7, 11, 13].find((prime) => inner % prime !== 0)!;
  const renamed = (wire: number) => (wire < first ? wire : first + ((step * (wire - first) + 3) % inner));
  const order = Array.from({ length: constraints }, (_, row) => constraints - 1 - row);
  const values = [...r1cs.values, ...r1cs.values.map((value) => -value)];
  const [newStarts, wires, coefficients] = [[0], [] as number[], [] as number[]];
  for (const row of order) {
    const isLinear = starts[3 * row] === starts[3 * row + 1];
    for (let k = 3 * row; k < 3 * row + 3; k++) {
      for (let t = starts[k]; t < starts[k + 1]; t++) {
        wires.push(renamed(r1cs.wires[t]));
        coefficients.push(r1cs.coefficients[t] + (isLinear && row % 2 === 0 ? r1cs.values.length : 0));
      }
      newStarts.push(wires.length);
    }
  }
  return {
    ...r1cs,
    starts: Uint32Array.from(newStarts),
    wires: Uint32Array.from(wires),
    coefficients: Uint32Array.from(coefficients),
    values,
  };
}

const differs = (a: R1cs, b: R1cs) => compareSystems(a, b).difference !== undefined;

describe("the comparison of two systems", () => {
  let r1cs: R1cs;
  before(async () => {
    const name = "grouped conv, relu, max pool, flatten, dense";
    const netlist = buildNetlist(programOf(SMALL_MODELS[name](3)).program);
    ({ r1cs } = await compileNetlist(`${name} committed`, netlist));
  });

  it("finds a system equal to itself with other numbers, another order and other signs", () => {
    const { difference, partners } = compareSystems(r1cs, shuffled(r1cs));
    expect(difference).to.equal(undefined);
    expect(new Set(partners).size).to.equal(r1cs.wireCount);
  });

  it("finds any wire that is changed in a term", () => {
    const other = shuffled(r1cs);
    for (let t = 0; t < r1cs.wires.length; t += 1 + Math.floor(r1cs.wires.length / 20)) {
      const wires = other.wires.slice();
      wires[t] = (wires[t] + 1) % r1cs.wireCount;
      expect(differs(r1cs, { ...other, wires }), `term ${t}`).to.equal(true);
    }
  });

  it("finds any coefficient that is changed", () => {
    const other = shuffled(r1cs);
    const values = [...other.values, 123456789n];
    for (let t = 5; t < r1cs.wires.length; t += 1 + Math.floor(r1cs.wires.length / 20)) {
      const coefficients = other.coefficients.slice();
      coefficients[t] = values.length - 1;
      expect(differs(r1cs, { ...other, coefficients, values }), `term ${t}`).to.equal(true);
    }
  });

  it("finds any row that is left out, doubled, or exchanged for another", () => {
    const rows = (keep: readonly number[]): R1cs => {
      const starts = [0];
      const terms: number[] = [];
      for (const row of keep)
        for (let k = 3 * row; k < 3 * row + 3; k++) {
          for (let t = r1cs.starts[k]; t < r1cs.starts[k + 1]; t++) terms.push(t);
          starts.push(terms.length);
        }
      return {
        ...r1cs,
        constraints: keep.length,
        starts: Uint32Array.from(starts),
        wires: Uint32Array.from(terms, (t) => r1cs.wires[t]),
        coefficients: Uint32Array.from(terms, (t) => r1cs.coefficients[t]),
      };
    };
    const all = Array.from({ length: r1cs.constraints }, (_, row) => row);
    expect(differs(r1cs, rows(all))).to.equal(false);
    for (let row = 0; row < r1cs.constraints; row += 1 + Math.floor(r1cs.constraints / 8)) {
      expect(differs(r1cs, rows(all.filter((one) => one !== row))), `row ${row} left out`).to.equal(true);
      expect(differs(r1cs, rows([...all, row])), `row ${row} twice`).to.equal(true);
      const next = (row + 1) % r1cs.constraints;
      expect(
        differs(r1cs, rows(all.map((one) => (one === row ? next : one)))),
        `row ${row} exchanged`,
      ).to.equal(true);
    }
  });

  it("finds public signals that changed places", () => {
    expect(r1cs.publicOutputs).to.be.greaterThan(1);
    const wires = r1cs.wires.map((wire) => (wire === 1 ? 2 : wire === 2 ? 1 : wire));
    expect(differs(r1cs, { ...r1cs, wires })).to.equal(true);
    expect(differs(r1cs, { ...r1cs, publicOutputs: r1cs.publicOutputs - 1, publicInputs: 2 })).to.equal(true);
  });

  it("matches wires that nothing tells apart, and tells systems apart that differ beside them", () => {
    // Two inputs that are squared twice each: y = x x, z = x x for x = wires 2 and 3.
    const system = (rows: readonly (readonly [number, number, number])[], wireCount: number): R1cs => ({
      constraints: rows.length,
      ...{ wireCount, publicOutputs: 0, publicInputs: 1, privateInputs: 2, labels: wireCount },
      starts: Uint32Array.from({ length: 3 * rows.length + 1 }, (_, i) => i),
      wires: Uint32Array.from(rows.flat()),
      coefficients: new Uint32Array(3 * rows.length),
      values: [1n],
    });
    const pairs: [number, number, number][] = [
      [2, 2, 4],
      [2, 2, 5],
      [3, 3, 6],
      [3, 3, 7],
      [4, 5, 1],
      [6, 7, 1],
    ];
    const swapped: [number, number, number][] = [
      [3, 3, 5],
      [3, 3, 4],
      [2, 2, 7],
      [2, 2, 6],
      [7, 6, 1],
      [5, 4, 1],
    ];
    const crossed: [number, number, number][] = [...pairs.slice(0, 4), [4, 6, 1], [5, 7, 1]];
    expect(differs(system(pairs, 8), system(swapped, 8))).to.equal(false);
    expect(differs(system(pairs, 8), system(crossed, 8))).to.equal(true);
  });
});
