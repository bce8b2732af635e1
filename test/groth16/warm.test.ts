import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { curves, groth16, zKey } from "snarkjs";
import type { R1cs } from "../../src/circom/r1cs.js";
import { encodeWitness } from "../../src/circom/witnessFile.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { GROUPS } from "../../src/groth16/curveGroup.js";
import { writeDevelopmentKey } from "../../src/groth16/developmentSetup.js";
import { encodeScalars, FIELD_ORDER, mod, randomScalar } from "../../src/groth16/field.js";
import { PROVER_THREAD } from "../../src/groth16/prove.js";
import { signedDigits } from "../../src/groth16/signedDigits.js";
import type { VerificationKey } from "../../src/groth16/types.js";
import { verify } from "../../src/groth16/verify.js";
import { assemble, type ProofSums } from "../../src/groth16/warm/assemble.js";
import { Engine } from "../../src/groth16/warm/engine.js";
import { KeyFile } from "../../src/groth16/warm/keyFile.js";
import { CHUNK, digitsOf, MultiScalarMultiplication } from "../../src/groth16/warm/multiScalar.js";
import { PointTable } from "../../src/groth16/warm/pointTable.js";
import { WarmProver } from "../../src/groth16/warm/warmProver.js";
import { ProcessPool } from "../../src/progress/pool.js";
import { loadCurve } from "../contracts/helpers/snarkjs.js";
import { childrenOf } from "../helpers/processes.js";

interface Circuit {
  readonly r1cs: R1cs;
  readonly witness: bigint[];
}

/**
 * A circuit with products of random sums of wires, whose values are bits, small numbers of either sign, and dense
 * ones. Some wires are in no factor, and two are always together, once with opposite signs.
 */
function randomCircuit(products: number, publics: number): Circuit {
  const given = [1n, ...Array.from({ length: publics }, () => randomScalar())];
  for (let i = 0; i < products; i++)
    given.push([0n, 1n, 1n, BigInt(i), mod(BigInt(-i)), randomScalar(), FIELD_ORDER - 1n][i % 7]);
  const witness = [...given];
  const values = [1n, -1n, 7n, -(2n ** 100n), (FIELD_ORDER - 1n) / 2n];
  const [starts, wires, coefficients]: number[][] = [[0], [], []];
  const term = (wire: number, coefficient: number): bigint => {
    wires.push(wire);
    coefficients.push(coefficient);
    return witness[wire] * values[coefficient];
  };
  const twin = given.length - 1;
  for (let row = 0; row < products; row++) {
    const sides = [0, 1].map((side) => {
      let sum = 0n;
      for (let t = (row + side) % 4; t >= 0; t--) {
        const wire = (row * 13 + t * 5 + side) % (given.length - 3);
        sum += term(wire, (row + t) % values.length);
      }
      // The last two are twins in A, and each other's negatives in B.
      if (row % 3 === 0) sum += term(twin, 0) + term(twin - 1, side);
      starts.push(wires.length);
      return sum;
    });
    witness.push(mod(sides[0] * sides[1]));
    term(witness.length - 1, 0);
    starts.push(wires.length);
  }
  return {
    witness,
    r1cs: {
      ...{ constraints: products, wireCount: witness.length, labels: witness.length, values },
      ...{ publicOutputs: 0, publicInputs: publics, privateInputs: products },
      starts: Uint32Array.from(starts),
      wires: Uint32Array.from(wires),
      coefficients: Uint32Array.from(coefficients),
    },
  };
}

describe("the warm prover", function () {
  let folder: string;
  const keys: Record<string, Circuit & { zkey: string; verificationKey: VerificationKey }> = {};

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "warm-"));
    await loadCurve();
    for (const [name, products, publics] of [
      ["one", 1, 0],
      ["small", 9, 2],
      ["large", 150, 3],
    ] as const) {
      const zkey = join(folder, `${name}.zkey`);
      const circuit = randomCircuit(products, publics);
      await writeDevelopmentKey(circuit.r1cs, zkey);
      keys[name] = { ...circuit, zkey, verificationKey: await zKey.exportVerificationKey(zkey) };
    }
  });
  after(() => rm(folder, { recursive: true }));

  const refusal = async (work: Promise<unknown>): Promise<Torch2CircomError> => {
    const error = await work.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Torch2CircomError);
    return error as Torch2CircomError;
  };

  /** snarkjs's proof with given secret scalars. */
  const provenBySnarkjs = async (name: string, secrets: readonly bigint[]) => {
    const { Fr } = (await loadCurve()) as unknown as {
      Fr: { random(): Uint8Array; e(value: bigint): Uint8Array };
    };
    const { random } = Fr;
    const left = [...secrets];
    Fr.random = () => Fr.e(left.shift()!);
    try {
      const data = encodeWitness(keys[name].witness);
      return await groth16.prove(keys[name].zkey, { type: "mem", data });
    } finally {
      Fr.random = random;
    }
  };

  it("computes the proofs of snarkjs with the same secret scalars", async () => {
    for (const [name, { zkey, witness }] of Object.entries(keys)) {
      const [r, s] = [randomScalar(), randomScalar()];
      const engine = await Engine.open(zkey);
      const bytes = encodeScalars(witness);
      // The second proof takes the places of the first.
      for (const sums of [1, 2].map(() => proofSums(engine, bytes)))
        expect(assemble(engine.curve, engine.key.header, sums, { r, s }), name).to.deep.equal(
          (await provenBySnarkjs(name, [r, s])).proof,
        );
      engine.key.close();
    }
  });

  it("shares the work of a proof among processes, takes a witness in any form, and draws new secrets", async () => {
    const { zkey, witness, verificationKey } = keys["large"];
    const secrets = [1, 2, 3, 4].map(randomScalar);
    const left = [...secrets];
    const prover = new WarmProver({ randomScalar: () => left.shift()!, processes: 3 });
    try {
      const bytes = Buffer.concat([Buffer.alloc(3), encodeScalars(witness)]).subarray(3);
      // At once: the second waits.
      const proofs = await Promise.all(
        [witness, bytes].map((form) => prover.prove(zkey, form, verificationKey)),
      );
      for (const [i, { proof, publicSignals }] of proofs.entries()) {
        expect({ proof, publicSignals }).to.deep.equal(
          await provenBySnarkjs("large", secrets.slice(2 * i, 2 * i + 2)),
        );
        expect(await verify(verificationKey, publicSignals, proof)).to.equal(true);
      }
    } finally {
      prover.close();
    }
  });

  it("refuses wrong witnesses and keys, reads a key that changed anew, and starts a killed process again", async () => {
    const { zkey, witness, verificationKey } = keys["small"];
    const before = await childrenOf(process.pid);
    const started = async () => (await childrenOf(process.pid)).filter((pid) => !before.includes(pid));
    const prover = new WarmProver({ pool: new ProcessPool(PROVER_THREAD, [], 1) });
    try {
      const refusedWith = async (path: string, values: readonly bigint[]): Promise<string> => {
        const error = await refusal(prover.prove(path, values, verificationKey));
        expect(error.code).to.equal("KEY_INVALID");
        return error.message;
      };
      const first = await prover.prove(zkey, witness, verificationKey);
      const second = await prover.prove(zkey, witness, verificationKey);
      expect(second.publicSignals).to.deep.equal(first.publicSignals);
      expect(second.proof.pi_a).to.not.deep.equal(first.proof.pi_a);
      expect(await refusedWith(zkey, witness.slice(1))).to.contain("for another circuit");
      const last = witness.length - 1;
      expect(await refusedWith(zkey, witness.with(last, witness[last] + 1n))).to.contain("does not verify");

      for (const pid of await started()) process.kill(pid, "SIGKILL");
      await prover.prove(zkey, witness, verificationKey);

      const changed = join(folder, "changed.zkey");
      const bytes = await readFile(zkey);
      await writeFile(changed, bytes);
      await prover.prove(changed, witness, verificationKey);
      const file = new KeyFile(changed);
      const point = Buffer.concat([...file.read("a", 1, 2)]);
      file.close();
      const at = bytes.indexOf(point);
      await writeFile(changed, bytes.with(at, bytes[at] ^ 1));
      expect(await refusedWith(changed, witness)).to.contain("does not verify");
    } finally {
      prover.close();
    }
    while ((await started()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it("reads no file that is not a whole Groth16 key of BN254", async () => {
    const path = join(folder, "damaged.zkey");
    const bytes = await readFile(keys["small"].zkey);
    const open = async (damaged: Uint8Array): Promise<string> => {
      await writeFile(path, damaged);
      return (await refusal(Promise.resolve().then(() => new KeyFile(path)))).message;
    };
    const withWord = (at: number, value: number): Buffer => {
      const other = Buffer.from(bytes);
      other.writeUInt32LE(value, at);
      return other;
    };
    const header = 12 + 12 + 4 + 12;
    expect(await open(Buffer.from("zke"))).to.contain("not a zkey");
    expect(await open(withWord(4, 2))).to.contain("not a zkey");
    expect(await open(withWord(8, 2))).to.contain("a section is missing");
    for (const length of [20, header + 5, bytes.length - 1])
      expect(await open(bytes.subarray(0, length))).to.contain("cut off");
    expect(await open(withWord(16, 2 ** 31))).to.contain("cut off");
    expect(await open(withWord(24, 2))).to.contain("not for Groth16");
    expect(await open(withWord(header + 4, 5))).to.contain("another curve");
    for (const [at, value] of [
      [72, 3],
      [76, 100],
      [80, 15],
      [80, 2 ** 30],
    ])
      expect(await open(withWord(header + at, value))).to.match(/contradicts itself|another length/);
  });
});

/** All sums of a proof, in one process. */
function proofSums(engine: Engine, witness: Uint8Array): ProofSums {
  const values = engine.evaluate(witness, ["a", "b", "c"]);
  const [a, b1, b2, c] = engine.sumWitness(witness, ["a", "b1", "b2", "c"]);
  return { a, b1, b2, c, quotient: [engine.sumQuotient(0, values)] };
}

describe("sums of multiples", () => {
  it("go on beyond the points that are handled at once", async () => {
    const curve = await curves.getCurveFromName("bn128", { singleThread: true });
    for (const group of [GROUPS.G1, GROUPS.G2]) {
      const operations = curve[group.name];
      const point = operations.toAffine(operations.g);
      const table = new PointTable(curve, group, CHUNK + 3);
      // Infinity but for three, which are the same.
      const bytes = new Uint8Array((CHUNK + 3) * group.pointBytes);
      const places = [1, CHUNK - 1, CHUNK + 2];
      for (const place of places) bytes.set(point, place * group.pointBytes);
      table.append(bytes);
      const scalars = new Uint8Array(32 * (CHUNK + 3));
      const factors = [randomScalar(), mod(-3n), randomScalar()];
      places.forEach((place, i) => scalars.set(encodeScalars([factors[i]]), 32 * place));
      const sum = new MultiScalarMultiplication(curve, group, CHUNK).sum(
        digitsOf(scalars, 7),
        table.addresses,
      );
      const expected = operations.timesScalar(point, mod(factors.reduce((all, factor) => all + factor)));
      expect(operations.toAffine(sum)).to.deep.equal(operations.toAffine(expected));
    }
  });
});

describe("signed digits", () => {
  it("add up to each scalar, or to its negative where that is shorter, within their bounds", () => {
    const edges = [0n, 1n, 2n, 255n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 64n - 2n ** 31n, FIELD_ORDER / 2n];
    const scalars = [...edges, ...Array.from({ length: 20 }, randomScalar)];
    const all = [...scalars, ...scalars.map((scalar) => mod(-scalar))];
    for (const bits of [2, 3, 8, 13, 15, 16]) {
      const { windows } = signedDigits(encodeScalars(all), bits);
      const sums = all.map(() => 0n);
      for (const [window, { indexes, values, count }] of windows.entries())
        for (let k = 0; k < count; k++) {
          expect(Math.abs(values[k])).to.be.within(1, 2 ** (bits - 1));
          sums[indexes[k]] += BigInt(values[k]) << BigInt(bits * window);
        }
      expect(sums.map(mod)).to.deep.equal(all);
    }
    for (const small of [5n, mod(-5n)])
      expect(signedDigits(encodeScalars([small]), 4).windows).to.have.length(1);
  });
});
