import { expect } from "chai";
import fc from "fast-check";
import { evaluateWords, inputChallenge } from "../../src/client/evaluation.js";
import { renderVerifier } from "../../src/groth16/verifierTemplate.js";
import { compileSolidity } from "./helpers/compile.js";
import { deploy, ethers, type System } from "./helpers/escrow.js";
import { type ProofWords, R, verifierArguments } from "./helpers/fixture.js";
import { proofOf, statement, withBatches } from "./helpers/many.js";
import { verificationKeyOf } from "./ledger/prover.js";

const RUNS = Number(process.env.FUZZ_RUNS ?? 30);
const WORD = 2n ** 256n;

/** What is sent, and the words that it was made for. */
interface Batch {
  readonly words: readonly bigint[];
  readonly commitment: bigint;
  readonly proof: ProofWords;
}

/** The registry hashes and evaluates by itself; here the client does, for the exported verifier of the batch key. */
describe("verifyMany, and the exported verifier of the batch key", () => {
  let system: System;
  let exported: (batch: Batch) => Promise<boolean>;

  before(async () => {
    system = await withBatches(await deploy(), [2, 4]);
    const verifiers = new Map<number, Awaited<ReturnType<typeof exportedVerifier>>>();
    for (const jobs of [2, 4]) verifiers.set(jobs, await exportedVerifier(jobs));
    exported = async ({ words, commitment, proof }) => {
      const challenge = inputChallenge(commitment, words);
      const signals = [evaluateWords(words, challenge), challenge, commitment];
      const verify = verifiers.get(words.length / 3)!.getFunction("verifyProof");
      return words.every((word) => word < R) && (await verify(...verifierArguments(proof), signals));
    };
  });

  async function exportedVerifier(jobs: number) {
    const options = { contractName: "BatchVerifier", header: "For a test" };
    const source = renderVerifier(verificationKeyOf(`batch of ${jobs}`, 3), options);
    const { abi, bytecode } = compileSolidity(source, "BatchVerifier");
    return new ethers.ContractFactory(abi, bytecode, system.deployer).deploy();
  }

  const word = fc.oneof(fc.bigInt(0n, R - 1n), fc.constantFrom(0n, 1n, R - 1n));
  const batch = fc
    .tuple(
      fc.oneof(...[6, 12].map((length) => fc.array(word, { minLength: length, maxLength: length }))),
      word,
    )
    .map(([words, commitment]): Batch => {
      const proof = proofOf(`batch of ${words.length / 3}`, statement(commitment, words));
      return { words, commitment, proof };
    });

  function agree<T>(numbers: fc.Arbitrary<T>, change: (valid: Batch, drawn: T) => Batch, expected?: boolean) {
    const property = fc.asyncProperty(batch, numbers, async (valid, drawn) => {
      const { words, commitment, proof } = change(valid, drawn);
      const jobs = BigInt(words.length / 3);
      const verdict = await system.registry.verifyMany(system.modelId, jobs, proof, commitment, [...words]);
      expect(verdict).to.equal(await exported({ words, commitment, proof }));
      if (expected !== undefined) expect(verdict).to.equal(expected);
    });
    return fc.assert(property, { numRuns: RUNS });
  }

  it("accept valid proofs", () => agree(fc.constant(0), (valid) => valid, true));

  it("agree on other words, in one place or two", () =>
    agree(fc.tuple(fc.nat(11), word, fc.nat(11), word), ({ words, ...rest }, [i, one, j, two]) => ({
      ...rest,
      words: words.with(i % words.length, one).with(j % words.length, two),
    })));

  it("agree on words in another order", () =>
    agree(fc.tuple(fc.nat(11), fc.nat(11)), ({ words, ...rest }, [i, j]) => {
      const [a, b] = [i % words.length, j % words.length];
      return { ...rest, words: words.with(a, words[b]).with(b, words[a]) };
    }));

  it("refuse words and commitments that are not field elements", () =>
    agree(
      fc.tuple(fc.nat(12), fc.bigInt(1n, 5n)),
      ({ words, commitment, proof }, [place, times]) => {
        const add = (value: bigint) => (value + times * R < WORD ? value + times * R : WORD - 1n);
        const i = place % words.length;
        return place === 12
          ? { words, proof, commitment: add(commitment) }
          : { words: words.with(i, add(words[i])), proof, commitment };
      },
      false,
    ));

  it("agree on other bits of the proof", () =>
    agree(
      fc.tuple(fc.nat(7), fc.bigInt(1n, WORD - 1n)),
      ({ proof, ...rest }, [place, bits]) => ({
        ...rest,
        proof: proof.with(place, proof[place] ^ bits) as ProofWords,
      }),
      false,
    ));

  it("refuse proofs at another point", () =>
    agree(
      word,
      ({ words, commitment }, point) => ({
        words,
        commitment,
        proof: proofOf(`batch of ${words.length / 3}`, [evaluateWords(words, point), point, commitment]),
      }),
      false,
    ));
});
