import { fnv1a, WitnessGenerator, type CircuitInput, type SignalHash } from "../circom/witnessGenerator.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { wordsOf } from "./rowWriter.js";
import type { PlannedGadget, WitnessPlan } from "./witnessPlan.js";

const WORDS = 8;

/** Makes witnesses of a linked circuit, one after the other. */
export class LinkedWitness {
  private constructor(
    private readonly plan: WitnessPlan,
    private readonly generators: readonly Runnable[],
    private readonly constants: Uint32Array,
  ) {}

  static async load(plan: WitnessPlan): Promise<LinkedWitness> {
    const generators: Runnable[] = [];
    for (const gadget of plan.gadgets) {
      const inputs = gadget.inputs.map(({ name, size }) => ({ hash: fnv1a(name), size }));
      generators.push({ gadget, inputs, generator: await WitnessGenerator.load(gadget.wasm) });
    }
    const constants = new Uint32Array(WORDS * plan.constants.length);
    plan.constants.forEach((value, i) => constants.set(wordsOf(value), WORDS * i));
    return new LinkedWitness(plan, generators, constants);
  }

  /**
   * @param input of the circuit
   * @param tensors values of the integer program, by number of the operation, as `execute` gives them
   * @returns one 32-byte little-endian element per wire, in the order of the `.r1cs`
   * @throws Torch2CircomError where an input is missing or has another size, where a gadget refuses its input, or where
   *   circuit and program give different integers
   */
  calculate(input: CircuitInput, tensors: readonly Float64Array[]): Uint8Array {
    const { plan } = this;
    const values = new Values(plan.wireCount);
    values.set(0, 1);
    const unknown = Object.keys(input).find((name) => !plan.inputs.some((one) => one.name === name));
    if (unknown !== undefined) throw invalid(`The circuit has no input ${unknown}`);
    for (const { name, wires } of plan.inputs) setInput(values, name, wires, input[name]);
    for (const { tensor, wires } of plan.tensors)
      for (let i = 0; i < wires.length; i++) if (wires[i] >= 0) values.set(wires[i], tensors[tensor][i]);
    for (let at = 0; at < plan.instances.length;) at = this.run(values, at);
    for (let i = 0; i < plan.same.length; i += 2) {
      const [output, same] = [plan.same[i], plan.same[i + 1]];
      if (same >= 0) values.copy(output, values.words, WORDS * same);
      else values.copy(output, this.constants, WORDS * (-1 - same));
    }
    return new Uint8Array(values.words.buffer);
  }

  /** Runs the instance at a place of the plan. @returns the place of the next */
  private run(values: Values, at: number): number {
    const { instances } = this.plan;
    const { gadget, generator, inputs } = this.generators[instances[at]];
    const first = instances[at + 1];
    const outputs = at + 2 + gadget.inputCount;
    const end = outputs + gadget.outputCount;
    let isKnown = gadget.innerCount === 0;
    for (let i = outputs; isKnown && i < end; i++)
      isKnown = instances[i] < 0 || values.isSet[instances[i]] === 1;
    if (isKnown) return end;
    generator.begin();
    let next = at + 2;
    for (const { hash, size } of inputs)
      for (let i = 0; i < size; i++) {
        const wire = instances[next++];
        if (wire >= 0) generator.set(hash, i, values.words, WORDS * wire);
        else generator.set(hash, i, this.constants, WORDS * (-1 - wire));
      }
    for (let i = 0; i < gadget.outputCount; i++) {
      const wire = instances[outputs + i];
      if (wire >= 0) values.take(wire, generator, 1 + i);
    }
    const inner = 1 + gadget.outputCount + gadget.inputCount;
    for (let i = 0; i < gadget.innerCount; i++) generator.get(inner + i, values.words, WORDS * (first + i));
    return end;
  }
}

interface Runnable {
  readonly gadget: PlannedGadget;
  readonly generator: WitnessGenerator;
  readonly inputs: readonly { readonly hash: SignalHash; readonly size: number }[];
}

/** The elements of a witness, as far as they are known. */
class Values {
  readonly words: Uint32Array;
  readonly isSet: Uint8Array;
  private readonly scratch = new Uint32Array(WORDS);

  constructor(wires: number) {
    this.words = new Uint32Array(WORDS * wires);
    this.isSet = new Uint8Array(wires);
  }

  /** Any integer below 2^53 in size, or any field element. */
  set(wire: number, value: number | bigint): void {
    this.isSet[wire] = 1;
    if (typeof value === "number" && value >= 0) {
      this.words[WORDS * wire] = value % 2 ** 32;
      this.words[WORDS * wire + 1] = Math.floor(value / 2 ** 32);
    } else this.words.set(wordsOf(BigInt(value)), WORDS * wire);
  }

  copy(wire: number, from: Uint32Array, at: number): void {
    this.isSet[wire] = 1;
    for (let word = 0; word < WORDS; word++) this.words[WORDS * wire + word] = from[at + word];
  }

  /** Takes an output of a gadget; one that is known must be the same. */
  take(wire: number, generator: WitnessGenerator, output: number): void {
    generator.get(output, this.scratch, 0);
    if (this.isSet[wire] === 0) {
      this.copy(wire, this.scratch, 0);
      return;
    }
    for (let word = 0; word < WORDS; word++)
      if (this.words[WORDS * wire + word] !== this.scratch[word])
        throw new Torch2CircomError(
          "INTERNAL_CHECK_FAILED",
          "The circuit and the integer program give different integers",
          "The build is damaged: build the model again.",
        );
  }
}

function setInput(
  values: Values,
  name: string,
  wires: Int32Array,
  given: CircuitInput[string] | undefined,
): void {
  const elements = given === undefined ? [] : ([given].flat(Infinity as 10) as (bigint | number)[]);
  if (elements.length !== wires.length)
    throw invalid(`The circuit's input ${name} takes ${wires.length} values, not ${elements.length}`);
  elements.forEach((value, i) => {
    if (wires[i] >= 0) values.set(wires[i], value);
  });
}

function invalid(problem: string): Torch2CircomError {
  return new Torch2CircomError(
    "INPUT_INVALID",
    problem,
    "Check that the input has the model's shape and lies within its domain.",
  );
}
