import { expect } from "chai";
import fc from "fast-check";
import { renderVerifier } from "../../src/groth16/verifierTemplate.js";
import { compileSolidity } from "./helpers/compile.js";
import { deploy, ethers } from "./helpers/escrow.js";
import { type ProofWords, R, verifierArguments } from "./helpers/fixture.js";
import { proofOf } from "./helpers/many.js";
import {
  keyName,
  type PipelineSystem,
  proveSegments,
  signalsOf,
  type Statement,
  withPipeline,
} from "./helpers/pipeline.js";

const RUNS = Number(process.env.FUZZ_RUNS ?? 20);
const WORD = 2n ** 256n;

/** What is sent: a statement of the model, and a proof for each segment. */
interface Claim extends Statement {
  readonly proofs: readonly ProofWords[];
}

/** The registry checks one product of pairings; here each proof has the exported verifier of its segment's key. */
describe("verifyPipeline, and the exported verifiers of the keys", () => {
  const SEGMENTS = [0, 1, 2, 1, 3];
  let system: PipelineSystem;
  let exported: (claim: Claim) => Promise<boolean>;

  before(async () => {
    system = await withPipeline(await deploy(), SEGMENTS, 2);
    const verifiers: Awaited<ReturnType<typeof exportedVerifier>>[] = [];
    for (const number of system.pipeline.keys.keys()) verifiers.push(await exportedVerifier(number));
    exported = async (claim) => {
      for (const [i, number] of SEGMENTS.entries()) {
        const verify = verifiers[number].getFunction("verifyProof");
        if (!(await verify(...verifierArguments(claim.proofs[i]), signalsOf(claim, i)))) return false;
      }
      return true;
    };
  });

  async function exportedVerifier(number: number) {
    const options = { contractName: "SegmentVerifier", header: "For a test" };
    const source = renderVerifier(system.pipeline.keys[number], options);
    const { abi, bytecode } = compileSolidity(source, "SegmentVerifier");
    return new ethers.ContractFactory(abi, bytecode, system.deployer).deploy();
  }

  const word = fc.oneof(fc.bigInt(0n, R - 1n), fc.constantFrom(0n, 1n, R - 1n));
  const words = (length: number) => fc.array(word, { minLength: length, maxLength: length });
  const valid = fc
    .tuple(words(2), words(4), word, word)
    .map(([outputs, edges, commitment, binding]): Claim => {
      const statement = { outputs, edges, commitment, binding };
      return { ...statement, proofs: proveSegments(system.pipeline, statement).proofs };
    });

  /** All words of the statement in one list, changed. */
  function withWord(claim: Claim, place: number, change: (word: bigint) => bigint): Claim {
    const all = [...claim.outputs, ...claim.edges, claim.commitment, claim.binding];
    const changed = all.with(place, change(all[place]));
    const [outputs, edges] = [changed.slice(0, 2), changed.slice(2, 6)];
    return { ...claim, outputs, edges, commitment: changed[6], binding: changed[7] };
  }

  function agree<T>(numbers: fc.Arbitrary<T>, change: (valid: Claim, drawn: T) => Claim, expected?: boolean) {
    const property = fc.asyncProperty(valid, numbers, async (claim, drawn) => {
      const changed = change(claim, drawn);
      const { proofs, edges, outputs, commitment, binding } = changed;
      const verdict = await system.registry.verifyPipeline(
        system.modelId,
        [...proofs],
        [...edges],
        [...outputs],
        commitment,
        binding,
      );
      expect(verdict).to.equal(await exported(changed));
      if (expected !== undefined) expect(verdict).to.equal(expected);
    });
    return fc.assert(property, { numRuns: RUNS });
  }

  it("accept valid proofs", () => agree(fc.constant(0), (claim) => claim, true));

  it("agree on other words of the statement", () =>
    agree(fc.tuple(fc.nat(7), word), (claim, [place, other]) => withWord(claim, place, () => other)));

  it("refuse words that are not field elements", () =>
    agree(
      fc.tuple(fc.nat(7), fc.bigInt(1n, 5n)),
      (claim, [place, times]) =>
        withWord(claim, place, (word) => (word + times * R < WORD ? word + times * R : WORD - 1n)),
      false,
    ));

  it("agree on other bits of a proof", () =>
    agree(
      fc.tuple(fc.nat(4), fc.nat(7), fc.bigInt(1n, WORD - 1n)),
      ({ proofs, ...rest }, [segment, place, bits]) => {
        const bad = proofs[segment].with(place, proofs[segment][place] ^ bits) as ProofWords;
        return { ...rest, proofs: proofs.with(segment, bad) };
      },
      false,
    ));

  it("agree on proofs in another order", () =>
    agree(fc.tuple(fc.nat(4), fc.nat(4)), ({ proofs, ...rest }, [i, j]) => ({
      ...rest,
      proofs: proofs.with(i, proofs[j]).with(j, proofs[i]),
    })));

  it("agree on a segment that is proven of another statement, or by another key", () =>
    agree(fc.tuple(fc.nat(4), fc.nat(7), word, fc.nat(3)), (claim, [segment, place, other, number]) => {
      const signals = signalsOf(
        withWord(claim, place, () => other),
        segment,
      );
      const fits = system.pipeline.keys[number].IC.length === signals.length + 1;
      const key = fits ? number : SEGMENTS[segment];
      return { ...claim, proofs: claim.proofs.with(segment, proofOf(keyName(key), signals)) };
    }));
});
