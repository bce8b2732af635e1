import { expect } from "chai";
import { AbiCoder, concat, dataSlice, getBytes, hexlify, keccak256, solidityPacked, toBeHex } from "ethers";
import { keyIdOf, kindOf, MODEL_KINDS, setIdOf } from "../../src/client/index.js";
import { COMMITMENT, deploy, networkHelpers, type System, URI } from "./helpers/escrow.js";
import { encodeKey, keys, P, prove, R } from "./helpers/fixture.js";
import { batchKey, deploySet, proofOf, proveWords, statement } from "./helpers/many.js";
import { verificationKeyOf } from "./ledger/prover.js";

const DELTA = 320;
const [TWO, FOUR, EIGHT] = [2, 4, 8].map((jobs) => batchKey(jobs));
const WORDS = [5n, 6n, 7n, 8n, 9n, 10n];

/** The key with the delta of another one, or with its negative. */
function withDelta({ key, jobs }: { key: string; jobs: bigint }, other: string, negative = false) {
  const [x1, x0, y1, y0] = [0, 1, 2, 3].map((i) =>
    BigInt(dataSlice(other, DELTA + 32 * i, DELTA + 32 * i + 32)),
  );
  const y = negative ? [P - y1, P - y0] : [y1, y0];
  const delta = [x1, x0, ...y].map((word) => toBeHex(word, 32));
  return { jobs, key: concat([dataSlice(key, 0, DELTA), ...delta, dataSlice(key, DELTA + 128)]) };
}

function patch(key: string, offset: number, word: bigint): string {
  const bytes = getBytes(key);
  bytes.set(getBytes(toBeHex(word, 32)), offset);
  return hexlify(bytes);
}

describe("ModelRegistry: sets of keys", () => {
  const load = () => networkHelpers.loadFixture(deploySet);
  type Keys = { jobs: bigint; key: string }[];

  async function expectRefused({ registry, key }: System, keys: Keys, error: string, ...args: unknown[]) {
    await expect(registry.registerSet(key, keys, COMMITMENT, URI))
      .to.be.revertedWithCustomError(registry, error)
      .withArgs(...args);
  }

  describe("ids", () => {
    it("say the kind in their first byte, then the hash of all keys and of the commitment", async () => {
      const { registry, key, modelId } = await load();
      const coder = AbiCoder.defaultAbiCoder();
      const words = ["uint256", "bytes32"];
      const list = [TWO, FOUR, EIGHT].map((batch) => coder.encode(words, [batch.jobs, keccak256(batch.key)]));
      const { modelHash, circuitHash, setupHash } = COMMITMENT;
      const hash = keccak256(
        coder.encode(Array<string>(5).fill("bytes32"), [
          keccak256(key),
          keccak256(concat(list)),
          modelHash,
          circuitHash,
          setupHash,
        ]),
      );
      expect(modelId).to.equal(concat(["0x02", dataSlice(hash, 0, 31)]));
      expect(await registry.kindOf(modelId)).to.equal(2n);
      expect(await registry.kindOf(await registry.modelIdOf(key, COMMITMENT))).to.equal(1n);
      for (const kind of [0n, 3n, 255n])
        expect(
          await registry.kindOf(solidityPacked(["uint8", "bytes31"], [kind, dataSlice(hash, 1)])),
        ).to.equal(kind);
    });

    it("are those that the client computes", async () => {
      const { registry, key, modelId } = await load();
      const batches = [2, 4, 8].map((jobs) => ({ jobs, key: verificationKeyOf(`batch of ${jobs}`, 3) }));
      expect(setIdOf(keys.contributed, batches, COMMITMENT)).to.equal(modelId);
      expect(kindOf(modelId)).to.equal(MODEL_KINDS.set);
      const single = await registry.modelIdOf(key, COMMITMENT);
      expect(keyIdOf(keys.contributed, COMMITMENT)).to.equal(single);
      expect(kindOf(single)).to.equal(MODEL_KINDS.single);
    });

    it("differ if anything of the set does", async () => {
      const { registry, key, modelId } = await load();
      const other = encodeKey(verificationKeyOf("other", 3));
      const id = (single: string, keys: Keys, commitment = COMMITMENT) =>
        registry.setIdOf(single, keys, commitment);
      const ids = [
        modelId,
        await registry.modelIdOf(key, COMMITMENT),
        await id(key, []),
        await id(key, [TWO]),
        await id(key, [TWO, FOUR]),
        await id(key, [FOUR, TWO]),
        await id(key, [FOUR, TWO, EIGHT]),
        await id(key, [{ ...TWO, jobs: 3n }, FOUR, EIGHT]),
        await id(key, [{ ...TWO, key: other }, FOUR, EIGHT]),
        await id(other, [TWO, FOUR, EIGHT]),
        ...(await Promise.all(
          Object.keys(COMMITMENT).map((field) =>
            id(key, [TWO, FOUR, EIGHT], { ...COMMITMENT, [field]: keccak256("0x") }),
          ),
        )),
      ];
      expect(new Set(ids).size).to.equal(ids.length);
    });
  });

  describe("registerSet", () => {
    it("keeps all keys, and announces the set", async () => {
      const system = await networkHelpers.loadFixture(deploy);
      const { registry, key, worker } = system;
      const modelId = await registry.setIdOf(key, [TWO, EIGHT], COMMITMENT);
      expect(await registry.batchSizes(modelId)).to.deep.equal([]);
      expect(await registry.registerSet.staticCall(key, [TWO, EIGHT], COMMITMENT, URI)).to.equal(modelId);
      await expect(registry.connect(worker).registerSet(key, [TWO, EIGHT], COMMITMENT, URI))
        .to.emit(registry, "ModelRegistered")
        .withArgs(modelId, worker, Object.values(COMMITMENT), URI);
      expect(await registry.batchSizes(modelId)).to.deep.equal([2n, 8n]);
      expect(await registry.verificationKey(modelId)).to.equal(key);
      expect(await registry.signalCount(modelId)).to.equal(3n);
      for (const one of [TWO, EIGHT]) {
        expect(await registry.batchKey(modelId, one.jobs)).to.equal(one.key);
        expect(await registry.wordCount(modelId, one.jobs)).to.equal(3n * one.jobs);
      }
      // Another model, though of the same key.
      expect(await registry.batchSizes(await registry.modelIdOf(key, COMMITMENT))).to.deep.equal([]);
    });

    it("lets anyone announce a known set again, without storing it again", async () => {
      const { registry, key, worker, modelId } = await load();
      const again = registry
        .connect(worker)
        .registerSet(key, [TWO, FOUR, EIGHT], COMMITMENT, "https://elsewhere");
      await expect(again)
        .to.emit(registry, "ModelRegistered")
        .withArgs(modelId, worker, Object.values(COMMITMENT), "https://elsewhere");
      expect((await (await again).wait())!.gasUsed).to.be.lessThan(200_000n);
      expect(await registry.batchSizes(modelId)).to.deep.equal([2n, 4n, 8n]);
    });

    it("refuses a set without a batch key", async () => {
      await expectRefused(await load(), [], "NoBatchKeys");
    });

    it("refuses numbers of jobs below 2, beyond 2^32 - 1, twice, and in another order", async () => {
      const system = await load();
      for (const jobs of [0n, 1n, 2n ** 32n, 2n ** 256n - 1n])
        await expectRefused(system, [{ ...TWO, jobs }], "InvalidBatchSize", jobs);
      await expectRefused(system, [TWO, { ...FOUR, jobs: 2n }], "InvalidBatchSize", 2n);
      await expectRefused(system, [FOUR, TWO], "InvalidBatchSize", 2n);
      await expectRefused(system, [TWO, EIGHT, FOUR], "InvalidBatchSize", 4n);
      const { registry, key } = system;
      const largest = [{ ...TWO, jobs: 2n ** 32n - 1n }];
      await registry.registerSet(key, largest, COMMITMENT, URI);
      const modelId = await registry.setIdOf(key, largest, COMMITMENT);
      expect(await registry.wordCount(modelId, 2n ** 32n - 1n)).to.equal(3n * (2n ** 32n - 1n));
    });

    it("refuses a batch key with another number of signals", async () => {
      const system = await load();
      for (const signals of [1, 2, 4, 5]) {
        const wrong = { jobs: 4n, key: encodeKey(verificationKeyOf("wrong", signals)) };
        await expectRefused(system, [TWO, wrong], "SignalCountMismatch", 3n, signals);
      }
    });

    it("checks each key as `register` does", async () => {
      const system = await load();
      const { registry, key } = system;
      for (const place of [0, 1]) {
        const replaced = (bytes: string) => [TWO, FOUR].with(place, { ...[TWO, FOUR][place], key: bytes });
        await expectRefused(system, replaced("0x"), "InvalidKeyLength", 0n);
        await expectRefused(system, replaced(patch(TWO.key, 0, 1n)), "InvalidG1Point", 0n);
        await expectRefused(system, replaced(patch(TWO.key, DELTA, 1n)), "InvalidG2Point");
        await expectRefused(system, replaced(encodeKey(keys.uncontributed)), "UncontributedKey");
      }
      const refused = (bytes: string, error: string) =>
        expect(registry.registerSet(bytes, [TWO], COMMITMENT, URI)).to.be.revertedWithCustomError(
          registry,
          error,
        );
      await refused("0x", "InvalidKeyLength");
      await refused(patch(key, 0, 1n), "InvalidG1Point");
      await refused(encodeKey(keys.uncontributed), "UncontributedKey");
    });

    it("refuses equal and opposite deltas of any two keys", async () => {
      const system = await load();
      const shared: [Keys, bigint, bigint][] = [];
      for (const negative of [false, true]) {
        shared.push(
          [[withDelta(TWO, system.key, negative), FOUR], 1n, 2n],
          [[TWO, withDelta(FOUR, system.key, negative)], 1n, 4n],
          [[TWO, withDelta(FOUR, TWO.key, negative), EIGHT], 2n, 4n],
          [[TWO, FOUR, withDelta(EIGHT, TWO.key, negative)], 2n, 8n],
          [[TWO, FOUR, withDelta(EIGHT, FOUR.key, negative)], 4n, 8n],
        );
      }
      for (const [keys, jobs, others] of shared)
        await expectRefused(system, keys, "SharedDelta", jobs, others);
    });

    it("does not take a set for a model with one key, nor the other way round", async () => {
      const { registry, key } = await networkHelpers.loadFixture(deploy);
      const commitment = { ...COMMITMENT, setupHash: keccak256("0x") };
      await registry.registerSet(key, [TWO], commitment, URI);
      expect(await registry.signalCount(await registry.modelIdOf(key, commitment))).to.equal(0n);
      const set = await registry.setIdOf(key, [FOUR], COMMITMENT);
      expect(await registry.signalCount(set)).to.equal(0n);
    });
  });

  describe("verify and verifyBatch of a set", () => {
    it("are those of its key for one job", async () => {
      const { registry, modelId } = await load();
      const { proof, signals } = await prove(4n, 99n, 0n);
      expect(await registry.verify(modelId, proof, signals)).to.equal(true);
      expect(await registry.verifyBatch(modelId, [proof, proof], [signals, signals])).to.equal(true);
      const batch = proofOf("batch of 2", signals);
      expect(await registry.verify(modelId, batch, signals)).to.equal(false);
      expect(await registry.verifyBatch(modelId, [proof, batch], [signals, signals])).to.equal(false);
    });
  });

  describe("verifyMany", () => {
    it("holds for a proof of just these words", async () => {
      const { registry, modelId } = await load();
      const { proof, commitment } = proveWords(2, WORDS);
      expect(await registry.verifyMany(modelId, 2n, proof, commitment, WORDS)).to.equal(true);
      for (const i of WORDS.keys()) {
        const others = WORDS.with(i, WORDS[i] + 1n);
        expect(await registry.verifyMany(modelId, 2n, proof, commitment, others), `word ${i}`).to.equal(
          false,
        );
      }
      expect(await registry.verifyMany(modelId, 2n, proof, commitment, WORDS.toReversed())).to.equal(false);
      expect(await registry.verifyMany(modelId, 2n, proof, commitment + 1n, WORDS)).to.equal(false);
      const spoiled = proof.with(6, proof[6] + 1n) as typeof proof;
      expect(await registry.verifyMany(modelId, 2n, spoiled, commitment, WORDS)).to.equal(false);
    });

    it("takes every field element as a word, and no number beyond", async () => {
      const { registry, modelId } = await load();
      for (const word of [0n, 1n, R - 1n]) {
        const words = Array<bigint>(6).fill(word);
        const { proof, commitment } = proveWords(2, words);
        expect(await registry.verifyMany(modelId, 2n, proof, commitment, words), `${word}`).to.equal(true);
      }
      for (const i of WORDS.keys()) {
        for (let times = 1n; WORDS[i] + times * R < 2n ** 256n; times++) {
          // Even for a proof of the point that the contract hashes from the larger word.
          const words = WORDS.with(i, WORDS[i] + times * R);
          const { proof, commitment } = proveWords(2, words);
          expect(await registry.verifyMany(modelId, 2n, proof, commitment, words)).to.equal(false);
        }
        for (const word of [R, 2n ** 256n - 1n]) {
          const words = WORDS.with(i, word);
          const { proof, commitment } = proveWords(2, words);
          expect(await registry.verifyMany(modelId, 2n, proof, commitment, words)).to.equal(false);
        }
      }
    });

    it("takes every field element as the commitment, and no number beyond", async () => {
      const { registry, modelId } = await load();
      for (const commitment of [0n, R - 1n, R, 2n ** 256n - 1n]) {
        const proof = proofOf("batch of 2", statement(commitment, WORDS));
        expect(await registry.verifyMany(modelId, 2n, proof, commitment, WORDS), `${commitment}`).to.equal(
          commitment < R,
        );
      }
    });

    it("hashes the point itself: a proof at another point is refused", async () => {
      const { registry, modelId } = await load();
      const { commitment } = proveWords(2, WORDS);
      const [evaluation, challenge] = statement(commitment, WORDS);
      for (const signals of [
        [evaluation + 1n, challenge, commitment],
        [evaluation, challenge + 1n, commitment],
        [0n, 0n, commitment],
        [challenge, evaluation, commitment],
        [commitment, challenge, evaluation],
      ]) {
        const proof = proofOf("batch of 2", signals);
        expect(await registry.verifyMany(modelId, 2n, proof, commitment, WORDS)).to.equal(false);
      }
    });

    it("uses the key for that many jobs", async () => {
      const { registry, modelId } = await load();
      const words = [...WORDS, ...WORDS];
      const { proof, commitment } = proveWords(4, words, "batch of 8");
      expect(await registry.verifyMany(modelId, 4n, proof, commitment, words)).to.equal(false);
      const right = proveWords(4, words);
      expect(await registry.verifyMany(modelId, 4n, right.proof, commitment, words)).to.equal(true);
    });

    it("reverts for an unknown model, an unknown number of jobs and another number of words", async () => {
      const { registry, key, modelId } = await load();
      const { proof, commitment } = proveWords(2, WORDS);
      const single = await registry.modelIdOf(key, COMMITMENT);
      const refused = async (id: string, jobs: bigint, error: string) => {
        for (const call of [
          () => registry.verifyMany(id, jobs, proof, commitment, WORDS),
          () => registry.wordCount(id, jobs),
          () => registry.batchKey(id, jobs),
        ]) {
          const expected = expect(call()).to.be.revertedWithCustomError(registry, error);
          await (error === "UnknownModel" ? expected.withArgs(id) : expected.withArgs(id, jobs));
        }
      };
      await refused(keccak256("0x"), 2n, "UnknownModel");
      for (const jobs of [0n, 1n, 3n, 2n ** 256n - 1n]) await refused(modelId, jobs, "UnknownBatchSize");
      await refused(single, 2n, "UnknownBatchSize");
      for (const words of [[], WORDS.slice(1), [...WORDS, 0n]])
        await expect(registry.verifyMany(modelId, 2n, proof, commitment, words))
          .to.be.revertedWithCustomError(registry, "WordCountMismatch")
          .withArgs(6n, words.length);
    });

    it("is false, not an error, with too little gas", async () => {
      const { registry, modelId } = await load();
      const { proof, commitment } = proveWords(2, WORDS);
      expect(
        await registry.verifyMany(modelId, 2n, proof, commitment, WORDS, { gasLimit: 200_000 }),
      ).to.equal(false);
    });
  });
});
