import { expect } from "chai";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeIntegerModel, type IntegerModel } from "../../src/pipeline/integerModel.js";
import { compileCircom } from "../../src/circom/compile.js";
import { printCircom } from "../../src/circom/text/print.js";
import { checkWitness, readR1cs, type R1cs } from "../../src/circom/r1cs.js";
import { WitnessGenerator, witnessValues, type CircuitInput } from "../../src/circom/witnessGenerator.js";
import { prove } from "../../src/groth16/prove.js";
import { setUp } from "../../src/groth16/setup.js";
import { verify } from "../../src/groth16/verify.js";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import type { Netlist } from "../../src/netlist/types.js";
import { packageRoot } from "../../src/packageRoot.js";
import { execute } from "../../src/program/execute.js";
import { withReadSlots } from "../helpers/causal.js";
import { randomNumbers } from "../helpers/models.js";
import { writeModel, type ModelSource } from "../import/onnx/writer.js";

/** Forgeries that once went from a model's file to a proof that verified; see E13, E14 and E16. */
describe("forgeries, from a model's file to a refused proof", function () {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "threats-"));
  });
  after(() => rm(folder, { recursive: true }));

  const SECRETS = { salt: 5n, binding: 7n };

  /** A model's file and samples as a program and its circuit, not yet compiled. */
  async function modelOf(
    name: string,
    source: ModelSource,
    x: readonly unknown[],
    output: "public" | "argmax",
  ): Promise<IntegerModel> {
    const [file, samples] = [join(folder, `${name}.onnx`), join(folder, `${name}.json`)];
    await writeFile(file, writeModel(source));
    await writeFile(samples, JSON.stringify({ x }));
    const model = await importModel(file);
    const bits = { inputBits: 8, weightBits: 8, activationBits: 8 };
    return makeIntegerModel(model, await loadSamples(samples, model.graph), {
      ...bits,
      input: "committed",
      output,
    });
  }

  /** Compiles a netlist. @param library the circuits, or a copy of which hints were changed */
  async function compiled(
    name: string,
    netlist: Netlist,
    library = packageRoot(),
  ): Promise<{ r1cs: R1cs; path: string; witness: (input: CircuitInput) => bigint[] }> {
    const outDir = join(folder, name);
    await mkdir(outDir, { recursive: true });
    const main = join(outDir, "main.circom");
    const sources = printCircom(netlist, { header: [name], constantsFile: "constants.circom" });
    await writeFile(main, sources.main);
    await writeFile(join(outDir, "constants.circom"), sources.constants);
    const { r1cs, wasm } = await compileCircom({
      main,
      outDir,
      libraries: { torch2circom: library },
      thread: false,
    });
    const generator = await WitnessGenerator.load(await readFile(wasm));
    return {
      r1cs: readR1cs(r1cs),
      path: r1cs,
      witness: (input) => witnessValues(generator.calculate(input)),
    };
  }

  async function isRefused(name: string, r1cs: string, witness: readonly bigint[]): Promise<boolean> {
    const keys = await setUp({ r1cs, outDir: join(folder, `${name}-keys`) });
    const { proof, publicSignals } = await prove(keys.zkey, witness);
    return !(await verify(keys.verificationKey, publicSignals, proof));
  }

  /** The circuits with another hint in MatMul: what a slot cannot hold is carried into the next one. */
  async function carryingLibrary(): Promise<string> {
    const library = join(folder, "carrying");
    await cp(join(packageRoot(), "circuits"), join(library, "circuits"), { recursive: true });
    const file = join(library, "circuits", "matmul.circom");
    const text = await readFile(file, "utf8");
    const changed = text
      .replace(
        "    var slots = 0;\n",
        `    var whole = 0;
    for (var i = 0; i < rows; i++) for (var j = 0; j < columns; j++) {
        var vv = offset;
        for (var t = 0; t < inner; t++) vv += a[i * inner + t] * b[t * columns + j];
        whole += vv * (1 << (S * (i + rows * j)));
    }
    var slots = 0;
`,
      )
      .replace("bit[i][j][z] <-- (v >> z) & 1;", "bit[i][j][z] <-- (whole >> (S * (i + rows * j) + z)) & 1;");
    expect(changed.split("whole").length).to.equal(4);
    await writeFile(file, changed);
    return library;
  }

  it("E13: a score that nobody reads cannot carry into one that is read", async () => {
    const [d, features, narrow] = [32, 4, 1 / 32];
    const weights = (first: number, weight: number, others?: number) => {
      const data = new Array<number>(features * d).fill(0);
      data[first * d] = weight;
      if (others !== undefined) for (let o = 1; o < d; o++) data[others * d + o] = 1;
      // Weights that are not whole multiples of a scale take all of their bits, as trained ones do.
      for (let o = 0; o < d; o++) data[1 * d + o] += 0.0173 * weight * Math.sin(o + 1);
      return { shape: [features, d], data };
    };
    const next = randomNumbers(5);
    const samples = Array.from({ length: 16 }, () => [[next(), next() * 0.05, next(), next()]]);
    const { program, netlist } = await modelOf(
      "towers",
      {
        inputs: { x: [1, 1, features] },
        outputs: ["y"],
        nodes: [
          ["MatMul", ["x", "Wq0"], ["q0"]],
          ["MatMul", ["x", "Wq1"], ["q1"]],
          ["MatMul", ["x", "Wk0"], ["k0"]],
          ["MatMul", ["x", "Wk1"], ["k1"]],
          ["Concat", ["q0", "q1"], ["Q"], { axis: 1 }],
          ["Concat", ["k0", "k1"], ["K"], { axis: 1 }],
          ["Transpose", ["K"], ["KT"], { perm: [0, 2, 1] }],
          ["MatMul", ["Q", "KT"], ["s"]],
          ["Reshape", ["s", "shape"], ["flat"]],
          ["Gather", ["flat", "low"], ["y"], { axis: 1 }],
        ],
        ints: { shape: [1, 4], low: [0, 2, 3] },
        floats: {
          Wq0: weights(0, 1, 1),
          Wq1: weights(2, narrow),
          Wk0: weights(3, narrow),
          Wk1: weights(0, 1, 1),
        },
      },
      samples,
      "argmax",
    );
    const library = await carryingLibrary();
    const [output] = program.outputs;
    const input = program.operations[program.inputs[0].tensor] as { lo: number; hi: number };
    const random = randomNumbers(11);
    const inputs = Array.from({ length: 200 }, () =>
      Array.from({ length: features }, () =>
        Math.floor(input.lo + ((random() + 1) / 2) * (input.hi - input.lo + 1)),
      ),
    );
    const rightOf = (x: readonly number[]) => execute(program, [Float64Array.from(x)])[output.tensor][0];

    /** Inputs for which the circuit accepts another class than the model's. */
    const wrongClasses = async (
      name: string,
      circuit: Netlist,
      honest: Awaited<ReturnType<typeof compiled>>,
    ): Promise<[number[], bigint[]][]> => {
      const forger = await compiled(`${name}-forged`, circuit, library);
      expect(forger.r1cs.starts, "hints are not constraints").to.deep.equal(honest.r1cs.starts);
      return inputs.flatMap((x) => {
        let witness: bigint[];
        try {
          witness = forger.witness({ [circuit.inputs[0].signal]: x, ...SECRETS });
        } catch {
          return [];
        }
        const accepted = checkWitness(honest.r1cs, witness) < 0;
        return accepted && witness[1] !== BigInt(rightOf(x)) ? [[x, witness]] : [];
      });
    };

    // As it was: slots for what is read. This shows that the forgery is one.
    const asRead = withReadSlots(program, netlist);
    const was = await wrongClasses("was", asRead, await compiled("was", asRead));
    expect(was.length).to.be.greaterThan(10);
    const is = await compiled("is", netlist);
    expect(await wrongClasses("is", netlist, is)).to.deep.equal([]);

    // Every input has its honest witness; the wrong class violates a constraint, and its proof is refused.
    const { r1cs, path, witness } = is;
    for (const x of inputs) {
      const values = witness({ [netlist.inputs[0].signal]: x, ...SECRETS });
      expect(checkWitness(r1cs, values)).to.equal(-1);
      expect(values[1]).to.equal(BigInt(rightOf(x)));
    }
    const [x, theirs] = was[0];
    const forged = witness({ [netlist.inputs[0].signal]: x, ...SECRETS });
    forged[1] = theirs[1];
    expect(checkWitness(r1cs, forged)).to.be.greaterThan(-1);
    expect(await isRefused("towers", path, forged)).to.equal(true);
  });

  it("E14: an integer beyond its categories is in no proof", async () => {
    const categories = 5;
    const { program, netlist } = await modelOf(
      "onehot",
      {
        inputs: { x: [1, 1] },
        intInputs: ["x"],
        outputs: ["y"],
        nodes: [
          ["Equal", ["x", "range"], ["is"]],
          ["Cast", ["is"], ["hot"], { to: 1 }],
          ["MatMul", ["hot", "w"], ["y"]],
        ],
        ints: { range: Array.from({ length: categories }, (_, i) => i) },
        floats: {
          w: { shape: [categories, 2], data: Array.from({ length: 2 * categories }, (_, i) => i + 1) },
        },
      },
      Array.from({ length: categories }, (_, i) => [[i]]),
      "public",
    );
    const { r1cs, path, witness } = await compiled("onehot", netlist);
    const signal = netlist.inputs[0].signal;
    for (let q = 0; q < categories; q++) {
      const values = witness({ [signal]: [q], ...SECRETS });
      expect(checkWitness(r1cs, values)).to.equal(-1);
    }
    expect(program.operations[program.inputs[0].tensor]).to.include({ lo: 0, hi: categories - 1 });
    // The circuit as it was, with a range check of whole bits: its witnesses are what a forger would begin with.
    const wide = { ...netlist, inputs: netlist.inputs.map((one) => ({ ...one, hi: 2 ** one.width - 1 })) };
    const was = await compiled("onehot-wide", wide);
    for (const q of [5, 6, 7]) {
      expect(() => witness({ [signal]: [q], ...SECRETS })).to.throw();
      const theirs = was.witness({ [signal]: [q], ...SECRETS });
      expect(checkWitness(was.r1cs, theirs), "it was accepted").to.equal(-1);
      // Both circuits have the same wires: only the weight of the last bit differs.
      expect(theirs).to.have.length(r1cs.wireCount);
      for (let bits = 0; bits < 2 ** netlist.inputs[0].width; bits++) {
        const forged = withBits(theirs, was.r1cs, r1cs, bits);
        expect(checkWitness(r1cs, forged), `${q} spelt ${bits}`).to.be.greaterThan(-1);
      }
      if (q === 5) expect(await isRefused("onehot", path, theirs)).to.equal(true);
    }
  });

  /** A forger's witness with the two bits of the range check that are wires set anew. */
  function withBits(witness: readonly bigint[], was: R1cs, is: R1cs, bits: number): bigint[] {
    const differing = new Set<number>();
    for (let i = 0; i < is.constraints; i++)
      for (let t = is.starts[3 * i]; t < is.starts[3 * i + 3]; t++)
        if (is.values[is.coefficients[t]] !== was.values[was.coefficients[t]]) differing.add(is.wires[t]);
    const forged = [...witness];
    [...differing]
      .filter((wire) => wire !== 0)
      .forEach((wire, z) => (forged[wire] = BigInt((bits >> z) & 1)));
    return forged;
  }

  it("E16: a multiple beyond 32 bits is refused by the layer's name, and never wraps", async () => {
    for (const [factor, isExact] of [
      [1e6, true],
      [1e9, true],
      [3e9, false],
      [1e10, false],
      [1e30, false],
    ] as const) {
      const make = () =>
        modelOf(
          "multiple",
          {
            inputs: { x: [1, 2] },
            outputs: ["y"],
            nodes: [
              ["Mul", ["x", "factor"], ["far"]],
              ["Add", ["far", "x"], ["y"]],
            ],
            names: ["far", "sum"],
            floats: { factor: { shape: [1], data: [factor] } },
          },
          Array.from({ length: 8 }, (_, i) => [[i / 8 - 0.5, 0.5 - i / 8]]),
          "public",
        );
      if (!isExact) {
        const error = await make().then(
          () => undefined,
          (reason: Error) => reason,
        );
        expect(error?.message, String(factor))
          .to.match(/sum|add/i)
          .and.to.match(/32 bits|beyond 2\^5/);
        continue;
      }
      const { program } = await make();
      const [y] = program.outputs;
      const q = Float64Array.of(100, -50);
      const values = execute(program, [q])[y.tensor];
      q.forEach((x, i) => {
        const real = x * program.inputs[0].scale[0] * (factor + 1);
        const got = values[i] * (y.scale[i] ?? y.scale[0]) + (y.offset[i] ?? y.offset[0]);
        expect(Math.abs(got / real - 1)).to.be.lessThan(2 ** -7);
      });
    }
  });
});
