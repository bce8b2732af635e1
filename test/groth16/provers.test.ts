import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { compileCircom } from "../../src/circom/compile.js";
import { calculateWitness } from "../../src/circom/witness.js";
import { witnessElements } from "../../src/circom/witnessFile.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { chooseProver } from "../../src/groth16/chooseProver.js";
import { encodeScalars } from "../../src/groth16/field.js";
import { prove, PROVER_THREAD } from "../../src/groth16/prove.js";
import { rapidsnarkProver } from "../../src/groth16/rapidsnark.js";
import { setUp, type SetUpReturnType } from "../../src/groth16/setup.js";
import { snarkjsProver } from "../../src/groth16/snarkjsProver.js";
import { ProcessPool } from "../../src/progress/pool.js";
import { childrenOf } from "../helpers/processes.js";

const CIRCUIT = `pragma circom 2.1.6;
template Main() {
  signal input a;
  signal input b;
  signal output c;
  c <== a * b;
}
component main { public [a] } = Main();`;

describe("provers", function () {
  let folder: string;
  let keys: SetUpReturnType;
  let witness: bigint[];
  let other: bigint[];
  const place = process.env.TMPDIR;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "provers-"));
    await writeFile(join(folder, "main.circom"), CIRCUIT);
    const built = await compileCircom({ main: join(folder, "main.circom"), outDir: join(folder, "circuit") });
    witness = await calculateWitness(built.wasm, { a: 3, b: -4 });
    other = await calculateWitness(built.wasm, { a: 3, b: 5 });
    keys = await setUp({ r1cs: built.r1cs, outDir: join(folder, "keys") });
    await mkdir(join(folder, "tmp"));
    process.env.TMPDIR = join(folder, "tmp");
  });
  after(async () => {
    if (place === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = place;
    await rm(folder, { recursive: true });
  });

  const refusal = async (work: Promise<unknown>): Promise<Torch2CircomError> => {
    const error = await work.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Torch2CircomError);
    return error as Torch2CircomError;
  };

  /** An executable that stands in for rapidsnark where it fails. */
  const executable = async (name: string, script: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };

  /** What a binary that ends in this way is refused with. */
  const refusedWith = async (script: string): Promise<string> => {
    const binary = await executable("prover", script);
    const error = await refusal(rapidsnarkProver(binary).prove(keys.zkey, witness, keys.verificationKey));
    expect(error.code).to.equal("PROVER_FAILED");
    return error.message;
  };

  it("take a witness as bytes, at any offset, or as numbers", async () => {
    const bytes = Buffer.concat([Buffer.alloc(7), encodeScalars(witness)]).subarray(7);
    const one = await prove(keys.zkey, bytes, keys.verificationKey);
    const two = await prove(keys.zkey, witness, keys.verificationKey);
    expect(one.publicSignals).to.deep.equal(two.publicSignals);
    expect(witnessElements(bytes, 0, witness.length)).to.deep.equal(witness);
    expect(witnessElements([-1n], 0, 1)).to.deep.equal([witness[1] + 11n]);
    expect(await prove(keys.zkey, bytes.subarray(1)).catch((error: Error) => error.message)).to.contain(
      "32 per wire",
    );
  });

  describe("rapidsnark", () => {
    it("has its proof verified for the witness's own signals", async () => {
      const good = await prove(keys.zkey, witness, keys.verificationKey);
      const wrong = await prove(keys.zkey, other, keys.verificationKey);
      const written = async ({ proof }: typeof good, signals: string[]): Promise<string> => {
        const { pi_a, pi_b, pi_c, protocol } = proof;
        await writeFile(join(folder, "p.json"), JSON.stringify({ pi_a, pi_b, pi_c, protocol }));
        await writeFile(join(folder, "s.json"), JSON.stringify(signals));
        return `cp ${join(folder, "p.json")} "$3"; cp ${join(folder, "s.json")} "$4"`;
      };
      const binary = await executable("good", await written(good, ["1", "2"]));
      const result = await rapidsnarkProver(binary).prove(keys.zkey, witness, keys.verificationKey);
      expect(result.publicSignals).to.deep.equal(good.publicSignals);
      // A valid proof, of another answer.
      expect(await refusedWith(await written(wrong, wrong.publicSignals))).to.contain("does not verify");
      const swapped = { ...good, proof: { ...good.proof, pi_a: good.proof.pi_c } };
      expect(await refusedWith(await written(swapped, good.publicSignals))).to.contain("does not verify");
    });

    it("is refused when it fails, in its own words", async () => {
      expect(await refusedWith("echo Invalid witness length >&2; exit 1")).to.contain(
        "ended with code 1: Invalid witness length",
      );
      expect(await refusedWith("kill -9 $$"))
        .to.contain("SIGKILL")
        .and.to.contain("memory");
      expect(await refusedWith("yes | head -c 5000000; exit 3")).to.contain("code 3");
      for (const script of ["true", `echo garbage > "$3"`, `echo '{"pi_a": []}' > "$3"`, `yes > "$3"`]) {
        const limited = script.replace("yes", "yes | head -c 100000");
        expect(await refusedWith(limited), script).to.contain("writes what is not a proof");
      }
      await writeFile(join(folder, "text"), "not an executable");
      const text = rapidsnarkProver(join(folder, "text"));
      expect((await refusal(text.prove(keys.zkey, witness, keys.verificationKey))).message).to.contain(
        "cannot be run",
      );
      const missing = await refusal(text.prove(join(folder, "no.zkey"), witness, keys.verificationKey));
      expect(missing.code).to.equal("KEY_INVALID");
    });

    it("leaves no witness behind, and sees to it that only its owner reads it", async () => {
      const script = `ls -l "$(dirname "$2")" "$2" > ${join(folder, "seen")}; stat -c %a "$(dirname "$2")" >&2; exit 9`;
      expect(await refusedWith(script)).to.contain("code 9: 700");
      const left = (await readdir(join(folder, "tmp"))).filter((name) => name.startsWith("torch2circom"));
      expect(left).to.deep.equal([]);
    });

    it("is chosen by the configuration, or by its name on the PATH", async () => {
      const bin = join(folder, "bin");
      await mkdir(bin);
      const found = await executable("bin/rapidsnark", "exit 0");
      const nameOf = async (...args: Parameters<typeof chooseProver>) => (await chooseProver(...args)).name;
      const path = `${join(folder, "none")}:${bin}`;
      expect(await nameOf({}, { path })).to.equal("rapidsnark");
      expect(await nameOf({}, { path: folder })).to.equal("snarkjs");
      expect(await nameOf({ prover: "snarkjs", rapidsnark: found }, { path })).to.equal("snarkjs");
      expect(await nameOf({ rapidsnark: found }, { path: "" })).to.equal("rapidsnark");
      await chmod(found, 0o644);
      expect(await nameOf({}, { path })).to.equal("snarkjs");
      for (const config of [{ rapidsnark: found }, { rapidsnark: bin }, { prover: "rapidsnark" } as const]) {
        const error = await refusal(chooseProver(config, { path }));
        expect(error.code).to.equal("PROVER_FAILED");
      }
    });

    it("makes proofs that verify, where there is one", async function () {
      const chosen = await chooseProver({});
      if (chosen.name !== "rapidsnark") return this.skip();
      const { publicSignals, proof } = await chosen.prove(keys.zkey, witness, keys.verificationKey);
      expect(await snarkjsProver().verify(keys.verificationKey, publicSignals, proof)).to.equal(true);
      expect((await refusal(chosen.prove(keys.zkey, witness.slice(1), keys.verificationKey))).code).to.equal(
        "PROVER_FAILED",
      );
    });
  });

  it("keep one process for proofs and verifications, start another for one that was killed, and end it", async () => {
    const before = await childrenOf(process.pid);
    const started = async () => (await childrenOf(process.pid)).filter((pid) => !before.includes(pid));
    const prover = snarkjsProver(new ProcessPool(PROVER_THREAD, [], 1));
    const proveAndVerify = async () => {
      const { publicSignals, proof } = await prover.prove(keys.zkey, witness, keys.verificationKey);
      expect(await prover.verify(keys.verificationKey, publicSignals, proof)).to.equal(true);
    };
    await Promise.all([proveAndVerify(), proveAndVerify()]);
    const [first, ...more] = await started();
    expect(more).to.deep.equal([]);
    process.kill(first, "SIGKILL");
    await proveAndVerify();
    const [second] = await started();
    expect(second).to.not.equal(first);
    prover.close();
    while ((await started()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
