import { expect } from "chai";
import { concat, dataSlice, id } from "ethers";
import { COMMITMENT, deploy, networkHelpers } from "./helpers/escrow.js";
import { prove, type ProofWords, R } from "./helpers/fixture.js";
import { batchKey, proofOf, proveWords, withBatches } from "./helpers/many.js";
import {
  differing,
  keyName,
  type PipelineProof,
  type PipelineSystem,
  proveSegments,
  sharing,
  signalsOf,
  type Statement,
  withPipeline,
} from "./helpers/pipeline.js";

const STATEMENT: Statement = { outputs: [55n], edges: [11n, 12n, 13n], commitment: 99n, binding: 77n };

describe("ModelRegistry: proofs of segments", () => {
  /** Four segments of one output, each with its own key. */
  const deployFour = async () => withPipeline(await deploy(), differing(4));
  const loadFour = () => networkHelpers.loadFixture(deployFour);

  describe("verifyPipeline", () => {
    const holds = (
      { registry, modelId }: PipelineSystem,
      { proofs, edges }: PipelineProof,
      { outputs, commitment, binding }: Statement,
    ) => registry.verifyPipeline(modelId, proofs, edges, [...outputs], commitment, binding);

    it("holds for proofs of just these signals", async () => {
      const system = await loadFour();
      const proof = proveSegments(system.pipeline, STATEMENT);
      expect(await holds(system, proof, STATEMENT)).to.equal(true);
      const { outputs, edges, commitment, binding } = STATEMENT;
      expect(await holds(system, proof, { ...STATEMENT, outputs: [outputs[0] + 1n] })).to.equal(false);
      expect(await holds(system, proof, { ...STATEMENT, commitment: commitment + 1n })).to.equal(false);
      expect(await holds(system, proof, { ...STATEMENT, binding: binding + 1n })).to.equal(false);
      for (const i of edges.keys()) {
        const changed = { ...proof, edges: edges.with(i, edges[i] + 1n) };
        expect(await holds(system, changed, STATEMENT), `edge ${i}`).to.equal(false);
      }
      for (const i of proof.proofs.keys())
        for (let word = 0; word < 8; word++) {
          const bad = proof.proofs[i].with(word, proof.proofs[i][word] ^ 1n) as ProofWords;
          const changed = { ...proof, proofs: proof.proofs.with(i, bad) };
          expect(await holds(system, changed, STATEMENT), `proof ${i}, word ${word}`).to.equal(false);
        }
    });

    it("gives each segment its signals in their order", async () => {
      const system = await withPipeline(await networkHelpers.loadFixture(deploy), [0, 1, 2, 1, 3], 2);
      const statement = { ...STATEMENT, outputs: [5n, 6n], edges: [11n, 12n, 13n, 14n] };
      const honest = proveSegments(system.pipeline, statement);
      expect(await holds(system, honest, statement)).to.equal(true);
      for (const [i, key] of system.pipeline.segments.entries()) {
        const signals = signalsOf(statement, i);
        for (const one of signals.keys())
          for (let other = one + 1; other < signals.length; other++) {
            const swapped = signals.with(one, signals[other]).with(other, signals[one]);
            const proofs = honest.proofs.with(i, proofOf(keyName(key), swapped));
            expect(await holds(system, { ...honest, proofs }, statement), `${i}: ${one}, ${other}`).to.equal(
              false,
            );
          }
      }
    });

    it("takes every field element as a signal, and no number beyond", async () => {
      const system = await loadFour();
      for (const word of [0n, 1n, R - 1n]) {
        const statement = { outputs: [word], edges: [word, word, word], commitment: word, binding: word };
        expect(await holds(system, proveSegments(system.pipeline, statement), statement), `${word}`).to.equal(
          true,
        );
      }
      const { outputs, edges, commitment, binding } = STATEMENT;
      for (const beyond of [R, 2n * R, 5n * R]) {
        const aliases: Statement[] = [
          { ...STATEMENT, outputs: [outputs[0] + beyond] },
          { ...STATEMENT, commitment: commitment + beyond },
          { ...STATEMENT, binding: binding + beyond },
          ...edges.map((edge, i) => ({ ...STATEMENT, edges: edges.with(i, edge + beyond) })),
        ];
        for (const alias of aliases)
          // The prover proves what these words are modulo R.
          expect(await holds(system, proveSegments(system.pipeline, alias), alias)).to.equal(false);
      }
    });

    it("uses each segment's own key", async () => {
      const system = await loadFour();
      const honest = proveSegments(system.pipeline, STATEMENT);
      for (const [i, other] of [
        [1, 2],
        [2, 1],
        [1, 3],
        [2, 3],
        [3, 1],
        [3, 2],
      ]) {
        const proofs = honest.proofs.with(i, proofOf(keyName(other), signalsOf(STATEMENT, i)));
        expect(await holds(system, { ...honest, proofs }, STATEMENT), `${i} by ${other}`).to.equal(false);
      }
    });

    it("is not deceived by errors that cancel out without the scalars", async () => {
      const system = await withPipeline(await networkHelpers.loadFixture(deploy), sharing(4));
      const { proofs, edges } = proveSegments(system.pipeline, STATEMENT);
      // Segments 1 and 2 have one key: with equal scalars, only the sum of their C would matter.
      const swapC = (one: ProofWords, other: ProofWords) =>
        [...one.slice(0, 6), ...other.slice(6)] as ProofWords;
      const exchanged = proofs.with(1, swapC(proofs[1], proofs[2])).with(2, swapC(proofs[2], proofs[1]));
      expect(await holds(system, { proofs, edges }, STATEMENT)).to.equal(true);
      expect(await holds(system, { proofs: exchanged, edges }, STATEMENT)).to.equal(false);
    });

    it("reverts for another number of proofs, edges or outputs", async () => {
      const system = await loadFour();
      const { registry } = system;
      const { proofs, edges } = proveSegments(system.pipeline, STATEMENT);
      const refused = (proof: PipelineProof, count: bigint, edgeCount: bigint) =>
        expect(holds(system, proof, STATEMENT))
          .to.be.revertedWithCustomError(registry, "SegmentCountMismatch")
          .withArgs(4n, count, edgeCount);
      await refused({ proofs: [], edges: [] }, 0n, 0n);
      await refused({ proofs: proofs.slice(1), edges }, 3n, 3n);
      await refused({ proofs: [...proofs, proofs[0]], edges }, 5n, 3n);
      await refused({ proofs, edges: edges.slice(1) }, 4n, 2n);
      await refused({ proofs, edges: [...edges, 0n] }, 4n, 4n);
      await refused({ proofs: proofs.slice(1), edges: edges.slice(1) }, 3n, 2n);
      for (const outputs of [[], [1n, 2n]])
        await expect(holds(system, { proofs, edges }, { ...STATEMENT, outputs }))
          .to.be.revertedWithCustomError(registry, "SignalCountMismatch")
          .withArgs(3n, outputs.length + 2);
    });

    it("is false, not an error, with too little gas", async () => {
      const { registry, modelId, pipeline } = await loadFour();
      const { proofs, edges } = proveSegments(pipeline, STATEMENT);
      const { commitment, binding, outputs } = STATEMENT;
      const verify = (gasLimit: number) =>
        registry.verifyPipeline(modelId, proofs, edges, [...outputs], commitment, binding, { gasLimit });
      expect(await verify(1_000_000)).to.equal(true);
      expect(await verify(450_000)).to.equal(false);
    });
  });

  describe("kinds", () => {
    it("are not taken for one another", async () => {
      const system = await loadFour();
      const { registry, pipeline, modelId } = system;
      const single = await registry.modelIdOf(system.key, COMMITMENT);
      const { modelId: set } = await withBatches(system, [2]);
      const { proof, signals } = await prove(4n, 99n, 0n);
      const many = proveWords(2, [1n, 2n, 3n, 4n, 5n, 6n]);
      const words = [1n, 2n, 3n, 4n, 5n, 6n];
      for (const call of [
        () => registry.verify(modelId, proof, signals),
        () => registry.verifyBatch(modelId, [proof], [signals]),
        () => registry.verifyMany(modelId, 2n, many.proof, many.commitment, words),
        () => registry.wordCount(modelId, 2n),
        () => registry.batchKey(modelId, 2n),
        () => registry.verificationKey(modelId),
      ])
        await expect(call()).to.be.revertedWithCustomError(registry, "WrongKind").withArgs(modelId, 3n);
      const { proofs, edges } = proveSegments(pipeline, STATEMENT);
      const { outputs, commitment, binding } = STATEMENT;
      for (const [id, kind] of [
        [single, 1n],
        [set, 2n],
      ] as const)
        for (const call of [
          () => registry.verifyPipeline(id, proofs, edges, [...outputs], commitment, binding),
          () => registry.pipelineOf(id),
        ])
          await expect(call()).to.be.revertedWithCustomError(registry, "WrongKind").withArgs(id, kind);
      // An id says its kind, but nobody has registered it.
      const unknown = concat(["0x03", dataSlice(id("unknown"), 0, 31)]);
      for (const call of [
        () => registry.verifyPipeline(unknown, proofs, edges, [...outputs], commitment, binding),
        () => registry.pipelineOf(unknown),
        () => registry.verify(unknown, proof, signals),
      ])
        await expect(call()).to.be.revertedWithCustomError(registry, "UnknownModel").withArgs(unknown);
    });

    it("have ids of their own for one commitment", async () => {
      const { registry, modelId, key } = await loadFour();
      expect(await registry.signalCount(await registry.modelIdOf(key, COMMITMENT))).to.equal(3n);
      expect(await registry.signalCount(await registry.setIdOf(key, [batchKey(2)], COMMITMENT))).to.equal(0n);
      expect(await registry.signalCount(modelId)).to.equal(3n);
      expect(await registry.kindOf(modelId)).to.equal(3n);
    });
  });
});
