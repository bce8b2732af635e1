import { type Cell, sampleCells } from "../cells.js";
import type { Trials } from "../trials.js";
import type { AttackFamily } from "../family.js";

const CELLS_PER_STEP = 32;
const OPERANDS_PER_CELL = 48;

/** E9: an index beyond its table. */
export const indices: AttackFamily = {
  id: "E9",
  title: "an index out of the table's range",
  async run({ signals, program }, trials, control) {
    const tables = program.operations.filter((operation) => operation.kind === "lookup");
    const cells = ofTemplate(trials, /Lookup|Embedding/);
    if (tables.length === 0) return "the model has no embedding";
    const chosen = sampleCells(cells, CELLS_PER_STEP);
    for (const [i, cell] of chosen.entries()) {
      const table = tables.find(({ name }) => sameName(name, signals.steps[cell.step].name)) ?? tables[0];
      const rows = table.table.length / table.width;
      for (const wire of operandsOf(trials, cell)) {
        for (const index of [rows, rows + 1, -1, 2 * rows, 2 ** 31]) {
          const start = new Map([[wire, BigInt(index)]]);
          trials.within(cell.step, `index ${index} of a table of ${rows} rows`, start);
          // No row chosen, each row chosen, and whatever solving gives.
          const none = new Map([...start, ...cell.wires.map((own) => [own, 0n] as const)]);
          trials.within(cell.step, `index ${index} with a row of zeros`, none);
          for (let attempt = 0; attempt < 8; attempt++) {
            const changes = new Map(start);
            trials.repair(cell, changes, { pinned: new Set([wire]), rounds: 12, from: cell.step });
            trials.within(cell.step, `index ${index}, with the row solved for`, changes);
          }
        }
      }
      await control.update((i + 1) / chosen.length);
    }
    return undefined;
  },
};

/** E10: operands of a product of matrices that do not matter. */
export const attention: AttackFamily = {
  id: "E10",
  title: "keys and values of attention that do not matter",
  async run(_, trials, control) {
    const cells = ofTemplate(trials, /MatMul|Attention/);
    if (cells.length === 0) return "the model multiplies no computed matrices";
    const chosen = sampleCells(cells, CELLS_PER_STEP);
    for (const [i, cell] of chosen.entries()) {
      const operands = operandsOf(trials, cell);
      const step = Math.max(1, Math.floor(operands.length / OPERANDS_PER_CELL));
      for (let k = 0; k < operands.length; k += step) {
        const wire = operands[k];
        for (const delta of [1n, -1n]) {
          // Earlier layers made this operand: only what multiplies it is asked.
          const changes = new Map([[wire, trials.forger.value(wire) + delta]]);
          const violated = trials.forger.violated(
            changes,
            (constraint) => trials.cells.stepOfConstraint[constraint] === cell.step,
          );
          const multiplier = multiplierOf(trials, cell, wire);
          trials.check(
            "another key or value with the same product",
            violated.length > 0 || multiplier === 0n,
            `a constraint of ${trials.target.signals.steps[cell.step].name} that multiplies ${trials.nameOf(wire)}`,
            `${trials.nameOf(wire)} can change, and the product does not`,
          );
          if (multiplier === 0n)
            trials.note("operands that meet only zeros on this sample are not counted as ignored");
        }
      }
      await control.update((i + 1) / chosen.length);
    }
    return undefined;
  },
};

/** 0 if the wire meets nothing but zeros in every product of the cell, so that it cannot matter on this sample. */
function multiplierOf(trials: Trials, cell: Cell, wire: number): bigint {
  for (const constraint of cell.constraints) {
    for (const [own, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      if (trials.forger.coefficient(3 * constraint + own, wire) === 0n) continue;
      const factor = trials.forger.evaluate(3 * constraint + other);
      if (factor !== 0n) return factor;
    }
    if (trials.forger.coefficient(3 * constraint + 2, wire) !== 0n) return 1n;
  }
  return cell.constraints.some((constraint) => names(trials, constraint, wire)) ? 0n : 1n;
}

function names(trials: Trials, constraint: number, wire: number): boolean {
  const { starts, wires } = trials.target.r1cs;
  return wires.subarray(starts[3 * constraint], starts[3 * constraint + 3]).includes(wire);
}

function ofTemplate(trials: Trials, template: RegExp): Cell[] {
  return trials.cells.cells.filter((cell) => template.test(trials.target.signals.steps[cell.step].template));
}

/** Wires of earlier steps that a cell reads. */
function operandsOf(trials: Trials, cell: Cell): number[] {
  const { r1cs, signals } = trials.target;
  const found = new Set<number>();
  for (const constraint of cell.constraints) {
    for (const wire of r1cs.wires.subarray(r1cs.starts[3 * constraint], r1cs.starts[3 * constraint + 3]))
      if (wire !== 0 && signals.stepOf[wire] < cell.step) found.add(wire);
  }
  return [...found];
}

/** Whether a component's name was made from a layer's: `blocks.0.embed` and `blocks_0_embed`. */
function sameName(layer: string, component: string): boolean {
  return layer.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "") === component;
}
