import { readdirSync, readFileSync } from "node:fs";
import { assumptionsOnValues } from "../helpers/assumptionsOnValues.js";
import { checkWidths } from "../../src/checker/check.js";
import { printCircom } from "../../src/circom/text/print.js";
import { isWiring, type Component, type Netlist } from "../../src/netlist/types.js";
import { matMulSlots } from "../../src/program/arithmetic.js";
import { execute } from "../../src/program/execute.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import { withoutSecrets } from "../../src/program/secret.js";
import { serializeProgram } from "../../src/program/serialize.js";
import type { Operation } from "../../src/program/operations/index.js";
import type { MatmulOperation } from "../../src/program/operations/matmul.js";
import type { Program } from "../../src/program/types.js";
import { inputsOf } from "./inputs.js";
import { failed, FINE, type Outcome } from "./judge.js";
import type { Checked, Lowered } from "./model.js";

/** A model of so many elements shows a gadget more integers in a few inputs than others do in twelve. */
const MANY_ELEMENTS = 10_000;
const FEW_INPUTS = 3;

/** Without a compiler: all that gadgets assume of integers, on the executor's for twelve inputs. */
export function checkIntegers({ recipe, samples }: Checked, lowered: Lowered): Outcome {
  const { program, netlist } = lowered;
  const intervals = checkedIntervals(program);
  const elements = program.operations.reduce((sum, { size }) => sum + size, 0);
  for (const [i, inputs] of inputsOf(program, intervals, samples, recipe.seed).entries()) {
    const values = execute(program, inputs);
    for (const [tensor, { name, kind }] of program.operations.entries()) {
      const { lo, hi } = intervals[tensor];
      const at = values[tensor].findIndex((v, i) => !(Number.isInteger(v) && v >= lo[i] && v <= hi[i]));
      if (at < 0) continue;
      const text = `${kind} ${name}[${at}] is ${values[tensor][at]}, not in [${lo[at]}, ${hi[at]}]`;
      return failed("an interval", text);
    }
    const slot = wrongSlot(lowered, values);
    if (slot !== undefined) return failed("a slot of a matrix product", slot);
    if (elements > MANY_ELEMENTS && i >= FEW_INPUTS) continue;
    const [assumption] = assumptionsOnValues(program, netlist, values);
    if (assumption !== undefined) return failed("an assumption", assumption);
  }
  return FINE;
}

/** An element of a block of a matrix product that does not fit its slot, wanted or not. */
function wrongSlot({ program, netlist }: Lowered, values: readonly Float64Array[]): string | undefined {
  for (const step of netlist.steps) {
    if (isWiring(step) || step.template !== "MatMulLayer") continue;
    const text = wrongElement(step, program.operations[step.output] as MatmulOperation, values);
    if (text !== undefined) return `${step.name}: ${text}`;
  }
  return undefined;
}

function wrongElement(
  { arguments: given }: Component,
  operation: MatmulOperation,
  values: readonly Float64Array[],
): string | undefined {
  const argument = (key: string) => given.find(({ name }) => name === key)!.value as number;
  const [f, w, lo] = [argument("shift"), argument("resultBits"), argument("least")];
  const { batch, rows: n, inner: d, columns: m, causal } = operation;
  const { gr, gc } = matMulSlots({ n, d, m, causal }, f + w);
  const whole = wholeProduct(operation, values);
  for (let i = 0; i < n; i++) {
    const columns = causal ? Math.min((Math.floor(i / gr) + 1) * gr, n) + m - n : m;
    for (let k = 0; k < batch; k++)
      for (let j = 0; j < columns; j++) {
        const q = whole[(k * n + i) * m + j];
        if (q >= lo && q < lo + 2 ** w) continue;
        return `element (${i}, ${j}) of product ${k} is ${q}, not in [${lo}, ${lo + 2 ** w}), in blocks of ${gr} x ${gc} slots`;
      }
  }
  return undefined;
}

/** What the blocks of a product hold before what is not wanted is dropped: nothing is masked. */
function wholeProduct(operation: MatmulOperation, values: readonly Float64Array[]): Float64Array {
  const operands = operation.inputs.map((id) => values[id]);
  const given = operands.map((x): Operation => ({
    kind: "input",
    name: "",
    size: x.length,
    lo: -Infinity,
    hi: Infinity,
  }));
  const operations = [...given, { ...operation, inputs: [0, 1] as const, causal: false }];
  return execute({ source: "", inputs: [], outputs: [], operations }, operands)[2];
}

const LIBRARY = "circuits";
let library: string | undefined;

/** The independent checker's findings, from the texts of a build alone. */
export function checkTexts(_: Checked, { program, netlist }: Lowered): Outcome {
  library ??= readdirSync(LIBRARY)
    .filter((file) => file.endsWith(".circom"))
    .map((file) => readFileSync(`${LIBRARY}/${file}`, "utf8"))
    .join("\n");
  const { findings } = checkWidths({ ...textsOf(program, netlist), library });
  return findings.length === 0
    ? FINE
    : failed("a finding of the checker", JSON.stringify(findings.slice(0, 3)));
}

function textsOf(
  program: Program,
  netlist: Netlist,
): { programJson: string; main: string; constants: string } {
  const { main, constants } = printCircom(netlist, { header: [], constantsFile: "constants.circom" });
  return { programJson: serializeProgram(withoutSecrets(program)), main, constants };
}
