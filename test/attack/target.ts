import { attack, ATTACKS } from "../../src/attack/attack.js";
import { libraryText } from "../../src/circom/libraryText.js";
import { readSignals } from "../../src/attack/signals.js";
import type { AttackReport, AttackTarget, FamilyReport } from "../../src/attack/types.js";
import { withOtherWeights } from "../../src/attack/words.js";
import { commitOutputWords, encryptOutputWords } from "../../src/client/commitment.js";
import { printCircom } from "../../src/circom/text/print.js";
import { readCircuit } from "../../src/circom/text/read.js";
import type { R1cs } from "../../src/circom/r1cs.js";
import type { Graph } from "../../src/graph/types.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import type { Netlist } from "../../src/netlist/types.js";
import type { InputMode, OutputMode } from "../../src/program/modes.js";
import { withoutSecrets } from "../../src/program/secret.js";
import { serializeProgram } from "../../src/program/serialize.js";
import { quantizeInputs } from "../../src/quantize/inputs.js";
import { witnessOf } from "../helpers/gadget.js";
import { programOf } from "../helpers/models.js";
import { compileNetlist } from "../helpers/netlist.js";

/** The first sample's salt. */
const SALT = 100n;

/** A small model's circuit with four honest witnesses, as {@link attack} takes it. @param edit of what is compiled */
export async function targetOf(
  name: string,
  model: Graph,
  {
    output = "public",
    secretWeights = false,
    inputMode = "committed",
    outputMode = "public",
    edit = (netlist) => netlist,
  }: {
    output?: "public" | "argmax";
    secretWeights?: boolean;
    inputMode?: InputMode;
    outputMode?: OutputMode;
    edit?: (netlist: Netlist) => Netlist;
  } = {},
): Promise<AttackTarget> {
  const { program, samples } = programOf(model, { output, secretWeights });
  const netlist = edit(buildNetlist(program, inputMode, outputMode));
  const gadget = await compileNetlist(name, netlist);
  const printed = printCircom(netlist, { header: [name], constantsFile: "constants.circom" });
  const texts = { ...printed, library: await libraryText() };
  const circuit = readCircuit(texts);
  const inputs = samples.slice(0, 4).map((sample, i) => {
    const named = new Map(program.inputs.map((declared) => [declared.name, [...sample.values()][0]]));
    const integers = quantizeInputs(program, named).map((list) => Array.from(list));
    return {
      ...Object.fromEntries(netlist.inputs.map(({ signal }, k) => [signal, integers[k]])),
      ...((inputMode !== "public" || outputMode === "committed") && { salt: SALT + BigInt(i) }),
      ...(inputMode === "evaluated" && { challenge: 5n }),
      ...(secretWeights && { weightWords: netlist.weightWords, weightSalt: 9n }),
      binding: 77n,
    };
  });
  const [witness, ...donors] = inputs.map((input) => witnessOf(gadget, input));
  const names = gadget.namesOf.flatMap((list, wire) =>
    wire === 0 ? [] : list.map((own) => [wire, own] as const),
  );
  return {
    name,
    r1cs: gadget.r1cs,
    signals: readSignals(symOf(names, gadget.outputs, gadget.inputs), circuit, gadget.r1cs),
    circuit,
    ...texts,
    program,
    programJson: serializeProgram(withoutSecrets(program)),
    inputs: netlist.inputs.map((packing) => ({ signal: packing.signal, packing })),
    outputs: netlist.outputs,
    inputMode,
    show: (words) =>
      ({
        public: () => words,
        committed: () => [commitOutputWords(BigInt(netlist.domain), SALT, words)],
        encrypted: () => encryptOutputWords(BigInt(netlist.domain), SALT, words),
      })[outputMode](),
    weightWords: netlist.weightWords.length,
    input: inputs[0],
    witness,
    donors,
    others: withOtherWeights(program),
  };
}

/** The lines of a `.sym` file, with labels as far as they tell outputs and inputs from the rest. */
function symOf(
  names: readonly (readonly [wire: number, name: string])[],
  outputs: readonly string[],
  inputs: readonly string[],
): string {
  const public_ = [...outputs, ...inputs];
  const wireOf = new Map(names.map(([wire, name]) => [name, wire]));
  const first = public_.map((name, i) => `${i + 1},${wireOf.get(name) ?? -1},0,main.${name}`);
  const rest = names
    .filter(([, name]) => !public_.includes(name))
    .map(([wire, name], i) => `${public_.length + 1 + i},${wire},0,main.${name}`);
  return [...first, ...rest].join("\n");
}

/** The same system without one constraint, which becomes 0 * 0 = 0. */
export function withoutConstraint(r1cs: R1cs, dropped: number): R1cs {
  const starts: number[] = [0];
  const terms: number[] = [];
  for (let k = 0; k < 3 * r1cs.constraints; k++) {
    if (Math.floor(k / 3) !== dropped)
      for (let t = r1cs.starts[k]; t < r1cs.starts[k + 1]; t++) terms.push(t);
    starts.push(terms.length);
  }
  return {
    ...r1cs,
    starts: Uint32Array.from(starts),
    wires: Uint32Array.from(terms, (t) => r1cs.wires[t]),
    coefficients: Uint32Array.from(terms, (t) => r1cs.coefficients[t]),
  };
}

/** Numbers of the constraints that name a wire whose name matches. */
export function constraintsNaming({ r1cs, signals }: AttackTarget, pattern: RegExp): number[] {
  const wires = new Set(signals.nameOf.flatMap((name, wire) => (pattern.test(name) ? [wire] : [])));
  const found = new Set<number>();
  for (let i = 0; i < r1cs.constraints; i++)
    for (let t = r1cs.starts[3 * i]; t < r1cs.starts[3 * i + 3]; t++)
      if (wires.has(r1cs.wires[t])) found.add(i);
  return [...found];
}

/** Milliseconds that pass from one look at the clock to the next. */
const TICK = 0.25;

/** A clock that its readers move on: a search looks as often on every machine, and finds the same. */
function ticking(): () => number {
  let time = 0;
  return () => (time += TICK);
}

/** Runs some families, and gives their reports by id. */
export async function run(
  target: AttackTarget,
  { ids, seconds = 2 }: { ids?: readonly string[]; seconds?: number } = {},
): Promise<{ report: AttackReport; of: (id: string) => FamilyReport }> {
  const families = ATTACKS.filter(({ id }) => ids === undefined || ids.includes(id));
  const report = await attack(target, { seconds, families, now: ticking() });
  return { report, of: (id) => report.families.find((family) => family.id === id)! };
}
