import { checkWitness } from "../../src/circom/r1cs.js";
import {
  commitInputs,
  commitOutputWords,
  commitWeights,
  packInputs,
  packWords,
} from "../../src/client/commitment.js";
import { evaluateWords, inputChallenge } from "../../src/client/evaluation.js";
import type { Netlist } from "../../src/netlist/types.js";
import { execute } from "../../src/program/execute.js";
import { operandsOf } from "../../src/program/operations/index.js";
import type { Program } from "../../src/program/types.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import { describeConstraint } from "../helpers/soundness.js";
import { witnessOf, type Gadget } from "../helpers/gadget.js";
import { compileNetlist } from "../helpers/netlist.js";
import { failed, FINE, type Outcome } from "./judge.js";
import { inputsOf } from "./inputs.js";
import type { Checked, Lowered } from "./model.js";

const SALT = 0x1234567890abcdefn;
const WEIGHT_SALT = 9n;
const BINDING = 77n;

/** Compiled: the netlist's cost, and for twelve inputs a witness that is exact in all that a proof shows. */
export async function checkCompiled(
  { recipe, samples }: Checked,
  lowered: Lowered,
  name = `random ${recipe.seed}`,
): Promise<Outcome> {
  const { program, netlist } = lowered;
  let gadget: Gadget;
  try {
    gadget = await compileNetlist(name, netlist);
  } catch (error) {
    return failed("circom", String(error));
  }
  const tried = inputsOf(program, checkedIntervals(program), samples, recipe.seed);
  const cost = wrongCost(gadget, lowered, tried);
  if (cost !== undefined) return failed("the cost", cost);
  for (const inputs of tried) {
    const text = wrongWitness(gadget, lowered, inputs);
    if (text !== undefined)
      return failed(
        "a witness",
        `${text}, for the inputs ${JSON.stringify(inputs.map((x) => Array.from(x)))}`,
      );
  }
  return FINE;
}

/**
 * The compiled counts are the netlist's. Where an element is the same for all inputs, a product with it is linear, which
 * only the compiler sees: then there may be fewer that are not linear.
 */
function wrongCost(
  { constraints }: Gadget,
  { program, netlist }: Lowered,
  tried: readonly (readonly Float64Array[])[],
): string | undefined {
  const { nonlinear, linear } = netlist.cost;
  if (constraints.nonlinear === nonlinear && constraints.linear === linear) return undefined;
  const constant =
    checkedIntervals(program).some(({ lo, hi }) => lo.some((least, i) => least === hi[i])) ||
    hasConstantFactor(program, tried) ||
    program.operations.some((operation) => operation.kind === "softmax" && operation.rows.includes(1));
  const fewer = nonlinear - constraints.nonlinear;
  if (constant && fewer >= 0 && constraints.linear - linear <= fewer) return undefined;
  return `${constraints.nonlinear} non-linear and ${constraints.linear} linear constraints, not ${nonlinear} and ${linear}`;
}

/**
 * Whether a factor of a product is the same on all inputs that were tried, or how far two classes of an argmax are apart: what
 * circom sees as a constant, and intervals need not.
 */
function hasConstantFactor(program: Program, tried: readonly (readonly Float64Array[])[]): boolean {
  const runs = tried.map((inputs) => execute(program, inputs));
  const isSame = (value: (run: readonly Float64Array[]) => number) =>
    runs.every((run) => value(run) === value(runs[0]));
  return program.operations.some((operation) => {
    const operands = operandsOf(operation);
    if (operation.kind === "argmax") {
      const [id] = operands;
      const { classes } = operation;
      return Array.from(runs[0][id].keys()).some((i) =>
        [...Array(i % classes).keys()].some((j) =>
          isSame((run) => run[id][i] - run[id][i - (i % classes) + j]),
        ),
      );
    }
    if (operation.kind !== "matmul" && operation.kind !== "product") return false;
    return operands.some((id) => Array.from(runs[0][id].keys()).some((i) => isSame((run) => run[id][i])));
  });
}

function wrongWitness(
  gadget: Gadget,
  { program, netlist }: Lowered,
  inputs: readonly Float64Array[],
): string | undefined {
  const { inputMode, outputMode, weightWords } = netlist;
  const domain = BigInt(netlist.domain);
  const packed = packInputs(inputs, netlist.inputs);
  const weights = weightWords.length === 0 ? undefined : commitWeights(WEIGHT_SALT, weightWords);
  const commitment = commitInputs(domain, SALT, inputs, netlist.inputs, weights);
  const challenge = inputChallenge(commitment, packed);
  let witness: bigint[];
  try {
    witness = witnessOf(gadget, {
      ...Object.fromEntries(netlist.inputs.map(({ signal }, i) => [signal, Array.from(inputs[i])])),
      ...(inputMode === "public" && outputMode === "public" ? {} : { salt: SALT }),
      ...(inputMode === "evaluated" ? { challenge } : {}),
      ...(weights === undefined ? {} : { weightWords, weightSalt: WEIGHT_SALT }),
      binding: BINDING,
    });
  } catch (error) {
    return `there is no witness: ${String(error)}`;
  }
  const violated = checkWitness(gadget.r1cs, witness);
  if (violated >= 0) return `the witness violates ${describeConstraint(gadget, violated)}`;
  const values = execute(program, inputs);
  const words = netlist.outputs.flatMap((packing) => packWords(values[packing.tensor], packing));
  const shown = [
    ...(outputMode === "committed" ? [commitOutputWords(domain, SALT, words)] : words),
    ...(weights === undefined ? [] : [weights]),
    ...shownInputs({ inputMode }, packed, challenge, commitment),
    BINDING,
  ];
  const wrong = shown.findIndex((value, i) => witness[1 + i] !== value);
  return wrong < 0 ? undefined : `public signal ${wrong} is ${witness[1 + wrong]}, not ${shown[wrong]}`;
}

function shownInputs(
  { inputMode }: Pick<Netlist, "inputMode">,
  packed: readonly bigint[],
  challenge: bigint,
  commitment: bigint,
): readonly bigint[] {
  if (inputMode === "public") return packed;
  return [...(inputMode === "evaluated" ? [evaluateWords(packed, challenge), challenge] : []), commitment];
}
