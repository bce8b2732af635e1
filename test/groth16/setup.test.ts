import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { compileCircom, type CompileReturnType } from "../../src/circom/compile.js";
import { calculateWitness } from "../../src/circom/witness.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { fileState, hashFile } from "../../src/artifacts/hash.js";
import { writeContributedPowersOfTau } from "../helpers/contributedPowersOfTau.js";
import { BASE_FIELD_ORDER, FIELD_ORDER } from "../../src/groth16/field.js";
import { readProofFile, readVerificationKey } from "../../src/groth16/files.js";
import { proofWords } from "../../src/groth16/proofWords.js";
import { prove } from "../../src/groth16/prove.js";
import { type ProveReturnType, type VerificationKey } from "../../src/groth16/types.js";
import { setUp, type SetUpReturnType } from "../../src/groth16/setup.js";
import { verify } from "../../src/groth16/verify.js";

const CIRCUIT = `pragma circom 2.1.6;
template Main() {
  signal input a;
  signal input b[3];
  signal output c;
  signal products[3];
  products[0] <== a * b[0];
  products[1] <== products[0] * b[1] - 7 * a;
  products[2] <== (products[1] + 5) * (b[2] - a);
  c <== products[2] * products[2];
}
component main { public [a] } = Main();`;

describe("setup, proof and verification", function () {
  let folder: string;
  let built: CompileReturnType;
  let witness: bigint[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "setup-"));
    await writeFile(join(folder, "main.circom"), CIRCUIT);
    built = await compileCircom({ main: join(folder, "main.circom"), outDir: join(folder, "circuit") });
    witness = await calculateWitness(built.wasm, { a: 3, b: [4, 5, -6] });
  });
  after(() => rm(folder, { recursive: true }));

  const refused = async (run: Promise<unknown>): Promise<string> => {
    const error = await run.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Torch2CircomError);
    return (error as Error).message;
  };

  for (const kind of ["development", "single-contributor"] as const)
    describe(kind, () => {
      let keys: SetUpReturnType;
      let result: ProveReturnType;
      const fractions: number[] = [];

      before(async () => {
        const path = join(folder, "contributed.ptau");
        if (kind === "single-contributor") await writeContributedPowersOfTau(4, path);
        const ptau = kind === "development" ? undefined : await stateOf(path);
        keys = await setUp({
          r1cs: built.r1cs,
          outDir: join(folder, kind),
          ptau,
          onProgress: (fraction) => fractions.push(fraction),
        });
        result = await prove(keys.zkey, witness);
      });

      it("writes both keys, complete, and says of what kind they are", async () => {
        expect(keys.kind).to.equal(kind);
        expect(await readdir(join(folder, kind))).to.have.members(["proving.zkey", "verification_key.json"]);
        expect(JSON.parse(await readFile(keys.verificationKeyFile, "utf8"))).to.deep.equal({
          setup: kind,
          ...keys.verificationKey,
        });
        expect(keys.verificationKey.nPublic).to.equal(2);
        expect(keys.contributionHashes).to.have.length(kind === "development" ? 0 : 1);
        if (kind === "development") expect(fractions.at(-1)).to.equal(1);
      });

      it("has a gamma that is neither delta nor its negative", () => {
        const { vk_gamma_2: gamma, vk_delta_2: delta } = keys.verificationKey;
        expect(gamma[0]).to.not.deep.equal(delta[0]);
      });

      it("proves what verifies", async () => {
        expect(result.publicSignals).to.deep.equal([String(witness[1]), "3"]);
        expect(await verify(keys.verificationKey, result.publicSignals, result.proof)).to.equal(true);
      });

      if (kind === "single-contributor") return; // The rest is about proofs, whatever key they are under.

      it("refuses every changed signal, missing and additional ones, and values not below r", async () => {
        const { publicSignals, proof } = result;
        const wrong = [
          publicSignals.with(0, String(witness[1] + 1n)),
          publicSignals.with(1, "4"),
          publicSignals.with(1, String(3n + FIELD_ORDER)),
          publicSignals.with(1, "03"),
          publicSignals.with(1, "-3"),
          publicSignals.slice(0, 1),
          [...publicSignals, "0"],
        ];
        for (const signals of wrong)
          expect(await verify(keys.verificationKey, signals, proof), signals.join()).to.equal(false);
      });

      it("refuses a changed proof and coordinates that are not below q", async () => {
        const { publicSignals, proof } = result;
        const other = (await prove(keys.zkey, witness)).proof;
        const wrong = [
          { ...proof, pi_a: other.pi_a },
          { ...proof, pi_b: other.pi_b },
          { ...proof, pi_c: other.pi_c },
          { ...proof, pi_c: proof.pi_a },
          {
            ...proof,
            pi_a: proof.pi_a.with(0, String(BigInt(proof.pi_a[0]) + BASE_FIELD_ORDER)) as typeof proof.pi_a,
          },
          { ...proof, pi_a: ["0", "1", "0"] as typeof proof.pi_a },
        ];
        for (const forged of wrong)
          expect(await verify(keys.verificationKey, publicSignals, forged)).to.equal(false);
      });

      it("gives no valid proof for a witness that violates a constraint", async () => {
        const { proof, publicSignals } = await prove(keys.zkey, witness.with(1, 1n));
        expect(publicSignals[0]).to.equal("1");
        expect(await verify(keys.verificationKey, publicSignals, proof)).to.equal(false);
      });

      it("is read back from files, and nothing else is taken for it", async () => {
        const path = join(folder, "proof.json");
        const { proof, publicSignals } = result;
        await writeFile(path, JSON.stringify({ ...result, outputs: [1] }));
        expect(await readProofFile(path)).to.deep.equal({ proof, publicSignals });
        for (const [text, why] of [
          ["{", "not JSON"],
          [JSON.stringify(proof), 'proof: Invalid key: Expected "proof"'],
          [JSON.stringify({ proof: { ...proof, pi_a: proof.pi_b }, publicSignals }), "proof.pi_a.0"],
          [JSON.stringify({ proof, publicSignals: ["0x1"] }), "publicSignals.0: not a decimal number"],
        ] as const) {
          await writeFile(path, text);
          expect(await refused(readProofFile(path))).to.contain(why);
        }
        expect(await refused(readProofFile(join(folder, "no.json")))).to.contain("cannot be read");
        expect(await readVerificationKey(keys.verificationKeyFile)).to.deep.equal(
          withoutPairing(keys.verificationKey),
        );
      });

      it("orders the words of a proof for the pairing precompile", () => {
        const { proof } = result;
        const words = proofWords(proof);
        expect(words).to.have.length(8);
        expect(words.slice(2, 4)).to.deep.equal([BigInt(proof.pi_b[0][1]), BigInt(proof.pi_b[0][0])]);
      });
    });

  it("makes another key every time", async () => {
    const [one, two] = [join(folder, "one"), join(folder, "two")];
    const first = await setUp({ r1cs: built.r1cs, outDir: one });
    const second = await setUp({ r1cs: built.r1cs, outDir: two });
    expect(first.verificationKey.vk_alpha_1).to.not.deep.equal(second.verificationKey.vk_alpha_1);
    expect(first.verificationKey.vk_delta_2).to.not.deep.equal(second.verificationKey.vk_delta_2);
    const { proof, publicSignals } = await prove(first.zkey, witness);
    expect(await verify(second.verificationKey, publicSignals, proof)).to.equal(false);
  });

  it("refuses powers of tau that are damaged, too few or changed meanwhile, and leaves nothing behind", async () => {
    const outDir = join(folder, "refused");
    const path = join(folder, "bad.ptau");
    const run = async (state?: string): Promise<string> => {
      const ptau = await stateOf(path);
      return refused(setUp({ r1cs: built.r1cs, outDir, ptau: { ...ptau, state: state ?? ptau.state } }));
    };
    await writeFile(path, "ptau, but only by name");
    expect(await run()).to.contain("cannot be used");
    await writeContributedPowersOfTau(2, path);
    expect(await run()).to.contain("circuit too big");
    expect(await readdir(outDir)).to.deep.equal([]);
    expect(await run("another")).to.contain("were changed");
  });

  it("refuses a circuit that is not there, and a key of another circuit", async () => {
    expect(await refused(setUp({ r1cs: join(folder, "no.r1cs"), outDir: folder }))).to.contain("not there");
    expect(await refused(prove(join(folder, "no.zkey"), witness))).to.contain("not there");
    const zkey = join(folder, "one", "proving.zkey");
    expect(await refused(prove(zkey, [...witness, 0n]))).to.contain("another circuit");
  });
});

/** What `setUp` is given of powers of tau. */
async function stateOf(path: string): Promise<{ path: string; sha256: string; state: string }> {
  return { path, sha256: await hashFile(path), state: await fileState(path) };
}

/** snarkjs adds e(alpha, beta), which nothing here reads. */
function withoutPairing(key: VerificationKey & { vk_alphabeta_12?: unknown }): VerificationKey {
  const rest = { ...key };
  delete rest.vk_alphabeta_12;
  return rest;
}
