import { FIELD_ORDER } from "../circom/field.js";
import type { GadgetInstance, LinkedCircuit, LinkedGadget } from "./linked.js";
import { biasOf, tapsOf, type LinearLayer } from "./linear.js";
import { RowWriter, wordsOf } from "./rowWriter.js";
import type { SystemSize } from "./size.js";

/** Writes all rows of a linked circuit, part after part. @returns how much was written */
export function writeRows(circuit: LinkedCircuit, path: string): SystemSize {
  const { wires, publicOutputs, publicInputs, privateInputs } = signalCounts(circuit);
  const writer = new RowWriter(path, { wires, publicOutputs, publicInputs, privateInputs });
  try {
    const size = passRows(circuit, writer);
    writer.close();
    return size;
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** What {@link writeRows} of a circuit writes, without writing it. */
export function countRows(circuit: LinkedCircuit): SystemSize {
  const nothing = () => undefined;
  return passRows(circuit, { combination: nothing, term: nothing, smallTerm: nothing, endRow: nothing });
}

function passRows(circuit: LinkedCircuit, sink: RowSink): SystemSize {
  const rows = new Rows(circuit, sink);
  for (const part of circuit.parts) {
    if (part.kind === "linear") rows.linearLayer(part.layer);
    else rows.instance(part);
  }
  for (const [output, same] of circuit.sameOutputs) rows.equality(output, same);
  const { nonlinear, linear, wiresOf } = rows;
  const [a, b, c] = rows.terms;
  return { ...signalCounts(circuit), nonlinear, linear, terms: { a, b, c }, wiresOf };
}

function signalCounts({ outputs, publicInputs, privateInputs, wireCount }: LinkedCircuit) {
  const elements = (signals: ReadonlyMap<string, readonly number[]>) =>
    [...signals.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    wires: wireCount,
    publicOutputs: elements(outputs),
    publicInputs: elements(publicInputs),
    privateInputs: elements(privateInputs),
  };
}

/** Takes rows one after the other: each has three combinations of terms. */
type RowSink = Pick<RowWriter, "combination" | "term" | "smallTerm" | "endRow">;

const ONE = 0;

/** Translates the rows of parts to the wires of the whole. */
class Rows {
  nonlinear = 0;
  linear = 0;
  /** Of all combinations A, B and C. */
  readonly terms: [number, number, number] = [0, 0, 0];
  /** Of each wire, whether an A (1) or a B (2) has it. */
  private readonly factors: Uint8Array;
  private side = 0;
  private readonly coefficients = new Map<LinkedGadget, Uint32Array>();
  /** Of the linear combination at work: the coefficient of each wire, the wires, and which combination set it. */
  private readonly sums: Float64Array;
  private readonly stamps: Int32Array;
  private readonly touched: number[] = [];
  private stamp = 0;

  constructor(
    private readonly circuit: LinkedCircuit,
    private readonly writer: RowSink,
  ) {
    this.sums = new Float64Array(circuit.wireCount);
    this.stamps = new Int32Array(circuit.wireCount);
    this.factors = new Uint8Array(circuit.wireCount);
  }

  get wiresOf(): SystemSize["wiresOf"] {
    const [a, b] = [1, 2].map((side) =>
      this.factors.reduce((count, sides) => count + ((sides & side) === 0 ? 0 : 1), 0),
    );
    return { a, b };
  }

  instance(instance: GadgetInstance): void {
    const { gadget } = instance;
    const wireOf = this.portsOf(instance);
    if (wireOf === undefined) {
      this.foldedInstance(instance);
      return;
    }
    const { r1cs, portWires, rows } = gadget;
    const words = this.wordsOf(gadget);
    const shift = this.circuit.wireOf[instance.inner] - portWires;
    for (const row of rows) {
      this.count(r1cs.starts, row);
      for (let k = 3 * row; k < 3 * row + 3; k++) {
        const [start, end] = [r1cs.starts[k], r1cs.starts[k + 1]];
        this.combination(k - 3 * row, end - start);
        for (let t = start; t < end; t++) {
          const wire = r1cs.wires[t];
          this.term(wire < portWires ? wireOf[wire] : wire + shift, words, r1cs.coefficients[t]);
        }
      }
      this.writer.endRow();
    }
  }

  /** Of an instance whose ports are all wires, and all different; undefined elsewhere. */
  private portsOf({ ports }: GadgetInstance): Int32Array | undefined {
    this.stamp++;
    const wires = new Int32Array(ports.length + 1);
    for (let i = 0; i < ports.length; i++) {
      const wire = this.circuit.wireOf[ports[i]];
      if (
        wire < 0 ||
        this.stamps[wire] === this.stamp ||
        this.circuit.wires.constantOf(ports[i]) !== undefined
      )
        return undefined;
      this.stamps[wire] = this.stamp;
      wires[i + 1] = wire;
    }
    return wires;
  }

  /** Constants are folded into wire 0, and terms of the same wire are added. */
  private foldedInstance({ gadget, ports, inner }: GadgetInstance): void {
    const { r1cs, portWires, rows } = gadget;
    const { wireOf, wires } = this.circuit;
    for (const row of rows) {
      const sides = [0, 1, 2].map((side) => {
        const sums = new Map<number, bigint>();
        for (let t = r1cs.starts[3 * row + side]; t < r1cs.starts[3 * row + side + 1]; t++) {
          const wire = r1cs.wires[t];
          const value = r1cs.values[r1cs.coefficients[t]];
          const ref = wire === 0 ? wires.one : wire < portWires ? ports[wire - 1] : inner + wire - portWires;
          const constant = wires.constantOf(ref);
          const [to, by] = constant === undefined ? [wireOf[ref], value] : [ONE, value * constant];
          sums.set(to, ((sums.get(to) ?? 0n) + by) % FIELD_ORDER);
        }
        return [...sums].filter(([, value]) => value !== 0n);
      });
      this.count(r1cs.starts, row);
      sides.forEach((side, k) => {
        this.combination(k, side.length);
        for (const [wire, value] of side) this.term(wire, wordsOf(value), 0);
      });
      this.writer.endRow();
    }
  }

  linearLayer(layer: LinearLayer): void {
    const { wireOf, wires } = this.circuit;
    const { channels, positions, input, output, isSum } = layer;
    const inputWires = input.map((ref) => wireOf[ref]);
    const constants = input.some((ref) => wires.constantOf(ref) !== undefined);
    const constantOf = (i: number) => (constants ? wires.constantOf(input[i]) : undefined);
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < positions; p++) {
        const o = c * positions + p;
        if (isSum[o] === 1)
          this.linearRow(layer, c, p, { inputWires, constantOf, output: wireOf[output[o]] });
      }
  }

  private linearRow(
    layer: LinearLayer,
    channel: number,
    position: number,
    {
      inputWires,
      constantOf,
      output,
    }: { inputWires: Int32Array; constantOf: (i: number) => bigint | undefined; output: number },
  ): void {
    const weight = layer.weight[channel];
    const taps = tapsOf(layer, channel, position);
    let constant = BigInt(biasOf(layer, channel, position));
    this.begin();
    for (let k = 0; k < weight.length; k++) {
      const source = taps === undefined ? k : taps[k];
      if (source < 0 || weight[k] === 0) continue;
      const value = constantOf(source);
      if (value === undefined) this.add(inputWires[source], weight[k]);
      else constant += BigInt(weight[k]) * value;
    }
    this.add(output, -1);
    this.writeLinear(constant % FIELD_ORDER);
  }

  /** A row that makes an output of main what it is. */
  equality(output: number, same: number): void {
    const { wireOf, wires } = this.circuit;
    const constant = wires.constantOf(same);
    this.begin();
    this.add(wireOf[output], -1);
    if (constant === undefined) this.add(wireOf[same], 1);
    this.writeLinear(constant ?? 0n);
  }

  private begin(): void {
    this.stamp++;
    this.touched.length = 0;
  }

  private add(wire: number, coefficient: number): void {
    if (this.stamps[wire] === this.stamp) {
      this.sums[wire] += coefficient;
      return;
    }
    this.stamps[wire] = this.stamp;
    this.sums[wire] = coefficient;
    this.touched.push(wire);
  }

  /** 0 = the sum at work + a constant. */
  private writeLinear(constant: bigint): void {
    const { writer, sums, touched } = this;
    let terms = constant === 0n ? 0 : 1;
    for (const wire of touched) if (sums[wire] !== 0) terms++;
    [0, 0, terms].forEach((length, k) => this.combination(k, length));
    if (constant !== 0n) writer.term(ONE, wordsOf(constant), 0);
    for (const wire of touched) {
      const value = sums[wire];
      if (value === 0) continue;
      if (Math.abs(value) < 2 ** 31) writer.smallTerm(wire, value);
      else writer.term(wire, wordsOf(BigInt(value)), 0);
    }
    this.linear++;
    writer.endRow();
  }

  private combination(side: number, terms: number): void {
    this.terms[side] += terms;
    this.side = side;
    this.writer.combination(terms);
  }

  private term(wire: number, coefficients: Uint32Array, index: number): void {
    if (this.side < 2) this.factors[wire] |= this.side + 1;
    this.writer.term(wire, coefficients, index);
  }

  private count(starts: Uint32Array, row: number): void {
    if (starts[3 * row] !== starts[3 * row + 1] && starts[3 * row + 1] !== starts[3 * row + 2])
      this.nonlinear++;
    else this.linear++;
  }

  private wordsOf(gadget: LinkedGadget): Uint32Array {
    const known = this.coefficients.get(gadget);
    if (known !== undefined) return known;
    const words = new Uint32Array(8 * gadget.r1cs.values.length);
    gadget.r1cs.values.forEach((value, i) => words.set(wordsOf(value), 8 * i));
    this.coefficients.set(gadget, words);
    return words;
  }
}
