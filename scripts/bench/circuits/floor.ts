import { componentsOf } from "../../../src/attack/signals.js";
import { boundsOf } from "../../../src/attack/bounds.js";
import { isWiring, type Argument, type Netlist } from "../../../src/netlist/types.js";
import type { Program } from "../../../src/program/types.js";

/**
 * The least that rank-1 constraints without a verifier's randomness can do (Bezout): telling 2^n values apart takes
 * n - 1 of them. Counted for the range checks of inputs, for every rounding and activation by the number of values
 * that reach it, and for every comparison of a maximum. Only for nets of such layers: undefined for others.
 *
 * @returns the floor, and what our circuit spends on the same (all its constraints but the hash and the binding)
 */
export function floorOf(
  program: Program,
  netlist: Netlist,
  main: string,
): { floor: number; ours: number } | undefined {
  const bounds = boundsOf(
    program,
    componentsOf(main, "PackChecked").map(({ arguments: text }) => {
      const [, width, offset] = text.split(",").map((part) => BigInt(part.trim()));
      return [offset!, offset! + (1n << width!) - 1n];
    }),
  );
  const checks = netlist.inputs.reduce((sum, { count, width }) => sum + count * width, 0);
  let floor = netlist.inputs.reduce((sum, { count, width }) => sum + count * (width - 1), 0);
  let ours = checks;
  for (const step of netlist.steps) {
    if (isWiring(step)) continue;
    ours += step.cost.nonlinear;
    const operation = program.operations[step.output]!;
    const argument = (name: string) => flat(step.arguments.find((one) => one.name === name)?.value ?? []);
    if (operation.kind === "requantize" || operation.kind === "activate") {
      const { lo, hi } = bounds[operation.input]!;
      lo.forEach((least, i) => {
        // The number of bits that n values take is that of n - 1, written out.
        floor += Math.max(0, (hi[i]! - least).toString(2).length - 1);
      });
    } else if (operation.kind === "max") {
      const bits = argument("d");
      floor += (operation.size / (bits.length / (operation.window - 1))) * bits.reduce((a, b) => a + b, 0);
    } else if (operation.kind === "argmax") {
      floor += operation.size * (operation.classes - 1) * argument("d")[0]!;
    } else if (operation.kind !== "linear") return undefined;
  }
  return { floor, ours };
}

function flat(value: Argument): number[] {
  return typeof value === "number" ? [value] : (value.flat() as number[]);
}
