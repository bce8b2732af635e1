import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { compileCircom, type CompileReturnType } from "../../src/circom/compile.js";
import { FIELD_ORDER } from "../../src/circom/field.js";
import { checkWitness, parseR1cs, readR1cs, type R1cs } from "../../src/circom/r1cs.js";
import { calculateWitness } from "../../src/circom/witness.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

const CIRCUIT = `pragma circom 2.1.6;
template Main() {
  signal input a;
  signal input b[2][2];
  signal output c;
  signal output d;
  assert(a < 100);
  signal ab <== a * b[1][0];
  c <== ab * b[1][1] - 7 * b[0][0];
  d <== (a - b[0][1]) * (ab + 1);
}
component main { public [a] } = Main();`;

describe("r1cs and witness", function () {
  let folder: string;
  let built: CompileReturnType;
  let r1cs: R1cs;
  const input = {
    a: 3,
    b: [
      [2, 4],
      [5n, -6],
    ],
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "witness-"));
    await writeFile(join(folder, "main.circom"), CIRCUIT);
    built = await compileCircom({ main: join(folder, "main.circom"), outDir: join(folder, "out") });
    r1cs = readR1cs(built.r1cs);
  });
  after(() => rm(folder, { recursive: true }));

  const refused = async (run: Promise<unknown>): Promise<string> => {
    const error = await run.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Torch2CircomError);
    return (error as Error).message;
  };

  it("reads what the circuit's header and constraints say", () => {
    expect(r1cs).to.include({ publicOutputs: 2, publicInputs: 1, privateInputs: 4, constraints: 3 });
    expect(r1cs.values).to.include(-7n);
  });

  it("calculates a witness that all constraints accept", async () => {
    const witness = await calculateWitness(built.wasm, input);
    expect(witness.slice(0, 4)).to.deep.equal([1n, FIELD_ORDER - 104n, FIELD_ORDER - 16n, 3n]);
    expect(checkWitness(r1cs, witness)).to.equal(-1);
  });

  it("finds the constraint that a changed wire violates, whichever wire it is", async () => {
    const witness = await calculateWitness(built.wasm, input);
    for (let wire = 1; wire < witness.length; wire++) {
      const forged = witness.with(wire, witness[wire] + 1n);
      expect(checkWitness(r1cs, forged), `wire ${wire}`).to.be.greaterThanOrEqual(0);
      expect(checkWitness(r1cs, witness.with(wire, witness[wire] + FIELD_ORDER))).to.equal(-1);
    }
  });

  it("says what the generator refuses", async () => {
    expect(await refused(calculateWitness(built.wasm, { ...input, a: 100 }))).to.match(/assertion.*line: 7/s);
    expect(await refused(calculateWitness(built.wasm, { a: 3 }))).to.contain(
      "takes 5 input values, 1 are given",
    );
    expect(await refused(calculateWitness(built.wasm, { ...input, e: 1 }))).to.contain("no input e");
    expect(await refused(calculateWitness(built.wasm, { ...input, b: [1, 2] }))).to.contain(
      "takes 4 values, not 2",
    );
    expect(await refused(calculateWitness(join(folder, "none.wasm"), input))).to.contain(
      "Build the model first",
    );
  });

  it("refuses a damaged file: cut anywhere, or any byte of its frame changed", async () => {
    const bytes = await readFile(built.r1cs);
    for (let length = 0; length < bytes.length; length += 7)
      expect(() => parseR1cs(bytes.subarray(0, length)), `${length} bytes`).to.throw(Torch2CircomError);
    const prime = Buffer.from(FIELD_ORDER.toString(16), "hex").reverse();
    const header = bytes.indexOf(prime);
    // Magic, version, section count and length; size of an element, prime, outputs, constraints.
    for (const at of [0, 4, 8, 16, header - 4, header, header + 36, header + 56]) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] ^= 0x80;
      expect(() => parseR1cs(damaged), `byte ${at}`).to.throw(Torch2CircomError);
    }
  });
});
