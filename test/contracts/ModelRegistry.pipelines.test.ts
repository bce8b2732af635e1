import { expect } from "chai";
import { AbiCoder, concat, dataLength, dataSlice, getBytes, hexlify, keccak256, toBeHex } from "ethers";
import { kindOf, MODEL_KINDS, pipelineIdOf } from "../../src/client/index.js";
import { encodePipeline } from "../../src/client/pipelineKeys.js";
import { COMMITMENT, deploy, ethers, networkHelpers, type System, URI } from "./helpers/escrow.js";
import { encodeKey, P } from "./helpers/fixture.js";
import { differing, makePipeline, sharing, withPipeline } from "./helpers/pipeline.js";
import { proveToy, toyKeys } from "./helpers/toyCircuits.js";
import { verificationKeyOf } from "./ledger/prover.js";

const COMMON = 320;
/** The key's part that is its own. */
const keyOf = (name: string, signals: number) =>
  dataSlice(encodeKey(verificationKeyOf(name, signals)), COMMON);
type Keys = ReturnType<typeof encodePipeline>["keys"];

function patch(key: string, offset: number, ...words: bigint[]): string {
  const bytes = getBytes(key);
  bytes.set(getBytes(concat(words.map((word) => toBeHex(word, 32)))), offset);
  return hexlify(bytes);
}

/** The key with the G2 point of other bytes as its delta, or with its negative. */
function withDelta(key: string, other: string, negative: boolean): string {
  const [x1, x0, y1, y0] = [0, 1, 2, 3].map((i) => BigInt(dataSlice(other, 32 * i, 32 * i + 32)));
  return patch(key, 0, x1, x0, ...(negative ? [P - y1, P - y0] : [y1, y0]));
}

describe("ModelRegistry: pipelines of segments", () => {
  /** Four segments of one output, each with its own key; and the registry takes any pipeline. */
  async function load() {
    const system = await networkHelpers.loadFixture(deploy);
    return { ...system, ...encodePipeline(makePipeline(differing(4))) };
  }
  const loadFour = async () => withPipeline(await networkHelpers.loadFixture(deploy), differing(4));

  const register = ({ registry }: System, keys: Keys, segments: string) =>
    registry.registerPipeline(keys, segments, COMMITMENT, URI);
  const expectRefused = async (
    system: System,
    keys: Keys,
    segments: string,
    error: string,
    ...args: unknown[]
  ) =>
    expect(register(system, keys, segments))
      .to.be.revertedWithCustomError(system.registry, error)
      .withArgs(...args);
  const replaced = ({ common, keys }: Keys, place: number, key: string): Keys => ({
    common,
    keys: keys.with(place, key),
  });

  describe("ids", () => {
    it("say the kind in their first byte, then the hash of common points, keys, segments and commitment", async () => {
      const { registry, keys, segments } = await load();
      const { modelHash, circuitHash, setupHash } = COMMITMENT;
      const hash = keccak256(
        AbiCoder.defaultAbiCoder().encode(Array<string>(6).fill("bytes32"), [
          keccak256(keys.common),
          keccak256(concat(keys.keys.map((key) => keccak256(key)))),
          keccak256(segments),
          modelHash,
          circuitHash,
          setupHash,
        ]),
      );
      const modelId = await registry.pipelineIdOf(keys, segments, COMMITMENT);
      expect(modelId).to.equal(concat(["0x03", dataSlice(hash, 0, 31)]));
      expect(await registry.kindOf(modelId)).to.equal(3n);
    });

    it("are those that the client computes", async () => {
      const { registry } = await load();
      for (const pipeline of [makePipeline(differing(3), 4), makePipeline(sharing(6))]) {
        const { keys, segments } = encodePipeline(pipeline);
        const modelId = pipelineIdOf(pipeline, COMMITMENT);
        expect(modelId).to.equal(await registry.pipelineIdOf(keys, segments, COMMITMENT));
        expect(kindOf(modelId)).to.equal(MODEL_KINDS.pipeline);
      }
    });

    it("differ if anything of the pipeline does", async () => {
      const { registry, keys, segments } = await load();
      const { common, keys: list } = keys;
      const other = keyOf("other", 2);
      const of = (keys: Keys, segments: string, commitment = COMMITMENT) =>
        registry.pipelineIdOf(keys, segments, commitment);
      const ids = [
        await of(keys, segments),
        await of(keys, "0x000103"),
        await of(keys, "0x0001020203"),
        await of({ common: patch(common, 0, 1n), keys: list }, segments),
        await of(replaced(keys, 1, other), segments),
        await of({ common, keys: [list[0], list[2], list[1], list[3]] }, segments),
        await of({ common, keys: list.toSpliced(1, 1) }, segments),
        await of({ common, keys: [] }, segments),
        // The same bytes, cut at another place.
        await of({ common: concat([common, list[0]]), keys: list.slice(1) }, segments),
        await of({ common, keys: [concat(list.slice(0, 2)), ...list.slice(2)] }, segments),
        await of({ common, keys: list.with(3, concat([list[3], segments])) }, "0x"),
        ...(await Promise.all(
          Object.keys(COMMITMENT).map((field) =>
            of(keys, segments, { ...COMMITMENT, [field]: keccak256("0x") }),
          ),
        )),
      ];
      expect(new Set(ids).size).to.equal(ids.length);
    });
  });

  describe("registerPipeline", () => {
    for (const segments of [differing(2), differing(3), differing(8), sharing(8), [0, 1, 2, 1, 2, 1, 3]])
      for (const outputs of [1, 2, 5])
        it(`keeps keys and segments ${segments.join()} of ${outputs} outputs, and announces them`, async () => {
          const system = await networkHelpers.loadFixture(deploy);
          const { registry, worker } = system;
          const { keys, segments: bytes } = encodePipeline(makePipeline(segments, outputs));
          const modelId = await registry.pipelineIdOf(keys, bytes, COMMITMENT);
          const sent = registry.connect(worker).registerPipeline(keys, bytes, COMMITMENT, URI);
          await expect(sent)
            .to.emit(registry, "ModelRegistered")
            .withArgs(modelId, worker, Object.values(COMMITMENT), URI);
          expect(await registry.pipelineOf(modelId)).to.deep.equal([Object.values(keys), bytes]);
          expect(await registry.signalCount(modelId)).to.equal(outputs + 2);
          expect(await registry.batchSizes(modelId)).to.deep.equal([]);
        });

    it("lets anyone announce a known pipeline again, without storing it again", async () => {
      const { registry, worker, modelId, pipeline } = await loadFour();
      const { keys, segments } = encodePipeline(pipeline);
      const again = registry.connect(worker).registerPipeline(keys, segments, COMMITMENT, "elsewhere");
      await expect(again)
        .to.emit(registry, "ModelRegistered")
        .withArgs(modelId, worker, Object.values(COMMITMENT), "elsewhere");
      expect((await (await again).wait())!.gasUsed).to.be.lessThan(150_000n);
    });

    it("refuses fewer than 2 segments and more than 255", async () => {
      const system = await load();
      const { common, keys } = encodePipeline(makePipeline(sharing(3))).keys;
      const middle = (count: number) => concat(["0x00", hexlify(new Uint8Array(count - 2).fill(1)), "0x02"]);
      for (const [segments, count] of [
        ["0x", 0n],
        ["0x00", 1n],
        [middle(256), 256n],
        [middle(1000), 1000n],
      ] as const)
        await expectRefused(system, { common, keys }, segments, "InvalidSegmentCount", count);
      await register(system, { common, keys }, middle(255));
    });

    it("refuses keys out of their order, and a first or a last segment that shares its key", async () => {
      const system = await load();
      for (const [segments, segment, key] of [
        ["0x01020304", 0n, 1n],
        ["0xff010203", 0n, 255n],
        ["0x00020103", 1n, 2n],
        ["0x000001", 1n, 0n],
        ["0x00010002", 2n, 0n],
        ["0x0000", 1n, 0n],
        ["0x0002", 1n, 2n],
        ["0x000101", 2n, 1n],
        ["0x00010200", 3n, 0n],
        ["0x00010201", 3n, 1n],
        ["0x00010202", 3n, 2n],
        ["0x00010204", 3n, 4n],
        ["0x0001ff02", 2n, 255n],
      ] as const)
        await expectRefused(system, system.keys, segments, "InvalidSegmentKey", segment, key);
    });

    it("refuses keys that no segment uses, and segments without a key", async () => {
      const system = await load();
      const { keys } = system;
      await expectRefused(system, keys, "0x000102", "KeyCountMismatch", 3n, 4n);
      await expectRefused(system, keys, "0x0001010102", "KeyCountMismatch", 3n, 4n);
      await expectRefused(system, keys, "0x0001020304", "KeyCountMismatch", 5n, 4n);
      await expectRefused(system, { ...keys, keys: [] }, "0x0001", "KeyCountMismatch", 2n, 0n);
    });

    it("refuses keys with another number of signals than their segments have", async () => {
      const system = await load();
      const { keys, segments } = system;
      for (const [place, expected, wrong] of [
        [0, 3n, [1, 2, 4]],
        [1, 2n, [1, 3, 4]],
        [2, 2n, [1, 3]],
        [3, 2n, [1]],
      ] as const)
        for (const signals of wrong) {
          const key = keyOf("wrong", signals);
          const refused = expectRefused(
            system,
            replaced(keys, place, key),
            segments,
            "SignalCountMismatch",
            expected,
            signals,
          );
          await refused;
        }
    });

    it("refuses keys of another length", async () => {
      const system = await load();
      const { keys, segments } = system;
      for (const common of [
        "0x",
        dataSlice(keys.common, 1),
        dataSlice(keys.common, 64),
        concat([keys.common, "0x00"]),
      ])
        await expectRefused(system, { ...keys, common }, segments, "InvalidKeyLength", dataLength(common));
      for (const place of keys.keys.keys()) {
        const key = keys.keys[place];
        for (const wrong of [
          "0x",
          dataSlice(key, 0, 128),
          dataSlice(key, 0, 192),
          dataSlice(key, 1),
          concat([key, "0x00"]),
        ])
          await expectRefused(
            system,
            replaced(keys, place, wrong),
            segments,
            "InvalidKeyLength",
            dataLength(wrong),
          );
      }
    });

    it("refuses points off the curve, at infinity and not in canonical form, wherever they are", async () => {
      const system = await load();
      const { keys, segments } = system;
      const word = (bytes: string, offset: number) => BigInt(dataSlice(bytes, offset, offset + 32));
      const spoiled = (bytes: string, offset: number): [string, string][] => [
        ["off", patch(bytes, offset, word(bytes, offset) ^ 1n)],
        ["alias", patch(bytes, offset, word(bytes, offset) + P)],
      ];
      const commonG1 = [...spoiled(keys.common, 0), ["infinite", patch(keys.common, 0, 0n, 0n)]];
      for (const [, common] of commonG1)
        await expectRefused(system, { ...keys, common }, segments, "InvalidG1Point", 0n);
      for (const offset of [64, 192]) {
        const infinite = patch(keys.common, offset, 0n, 0n, 0n, 0n);
        for (const common of [...spoiled(keys.common, offset).map(([, bytes]) => bytes), infinite])
          await expectRefused(system, { ...keys, common }, segments, "InvalidG2Point");
      }
      for (const place of keys.keys.keys()) {
        const key = keys.keys[place];
        for (let offset = 128; offset < dataLength(key); offset += 64)
          for (const wrong of [...spoiled(key, offset).map(([, bytes]) => bytes), patch(key, offset, 0n, 0n)])
            await expectRefused(system, replaced(keys, place, wrong), segments, "InvalidG1Point", offset);
        const infinite = patch(key, 0, 0n, 0n, 0n, 0n);
        for (const wrong of [...spoiled(key, 0).map(([, bytes]) => bytes), infinite])
          await expectRefused(system, replaced(keys, place, wrong), segments, "InvalidG2Point");
      }
    });

    it("refuses delta = gamma and delta = -gamma of any key", async () => {
      const system = await load();
      const { keys, segments } = system;
      const gamma = dataSlice(keys.common, 192, 320);
      for (const place of keys.keys.keys())
        for (const negative of [false, true]) {
          const key = withDelta(keys.keys[place], gamma, negative);
          await expectRefused(system, replaced(keys, place, key), segments, "UncontributedKey");
        }
    });

    it("refuses equal and opposite deltas of any two keys", async () => {
      const system = await load();
      const { keys, segments } = system;
      for (const one of keys.keys.keys())
        for (let other = one + 1; other < keys.keys.length; other++)
          for (const negative of [false, true]) {
            const key = withDelta(keys.keys[other], keys.keys[one], negative);
            await expectRefused(system, replaced(keys, other, key), segments, "SharedDelta", one, other);
          }
      // Of a key beside itself.
      const twice = { ...keys, keys: [keys.keys[0], keys.keys[1], keys.keys[1], keys.keys[3]] };
      await expectRefused(system, twice, segments, "SharedDelta", 1n, 2n);
    });

    it("stores up to 24,575 bytes: 75 keys, or a last key of many outputs", async () => {
      const system = await load();
      const { registry } = system;
      const LIMIT = 24_575;
      const many = encodePipeline(makePipeline(differing(75)));
      await register(system, many.keys, many.segments);
      const modelId = await registry.pipelineIdOf(many.keys, many.segments, COMMITMENT);
      expect(await registry.pipelineOf(modelId)).to.deep.equal([Object.values(many.keys), many.segments]);
      const more = encodePipeline(makePipeline(differing(76)));
      const length = COMMON + 384 + 75 * 320 + 76;
      await expectRefused(system, more.keys, more.segments, "PipelineTooLong", LIMIT, length);
      // Two keys and their segments, with as many outputs as fit, and one more.
      const fitting = Math.floor((LIMIT - COMMON - 384 - 128 - 2) / 64) - 2;
      const wide = encodePipeline(makePipeline(differing(2), fitting));
      await register(system, wide.keys, wide.segments);
      const wider = encodePipeline(makePipeline(differing(2), fitting + 1));
      const widest = COMMON + 384 + 128 + 64 * (fitting + 3) + 2;
      await expectRefused(system, wider.keys, wider.segments, "PipelineTooLong", LIMIT, widest);
      // To the byte, by segments in between that share a key.
      const { keys } = encodePipeline(makePipeline(sharing(3), 362));
      const room = LIMIT - COMMON - keys.keys.reduce((sum, key) => sum + dataLength(key), 0);
      expect(room).to.be.within(4, 255);
      const fill = (count: number) => concat(["0x00", hexlify(new Uint8Array(count - 2).fill(1)), "0x02"]);
      await register(system, keys, fill(room));
      await expectRefused(system, keys, fill(room + 1), "PipelineTooLong", LIMIT, LIMIT + 1);
    });
  });

  describe("one delta for two circuits", () => {
    /** Of a pipeline of two toy circuits: what the equation says of proofs, whatever the registry says of the keys. */
    async function verdict(shared: boolean, x: bigint, foreign: boolean) {
      const { keys, equation } = await toys(shared);
      const [output, edge, commitment, binding] = [8n, 25n, 3n, 4n];
      const proofs = [
        proveToy(keys, keys.first, x, [edge, commitment, binding], foreign ? keys.last.z : undefined),
        proveToy(keys, keys.last, 6n, [output, edge]),
      ];
      const bytes = concat([keys.common, keys.first.bytes, keys.last.bytes, "0x0001"]);
      return equation.verify(bytes, 2n, proofs, [output, edge, commitment, binding]);
    }
    async function toys(shared: boolean) {
      return { keys: toyKeys(shared), equation: await ethers.deployContract("PipelineProofTest") };
    }

    it("would let whoever has both proving keys prove a false statement; two deltas do not", async () => {
      for (const shared of [false, true]) {
        expect(await verdict(shared, 5n, false), "25 from 5").to.equal(true);
        expect(await verdict(shared, 1n, false), "25 from 1").to.equal(false);
        expect(await verdict(shared, 1n, true), "25 from 1, with the other key's point").to.equal(shared);
      }
    });

    it("is refused at registration", async () => {
      const system = await load();
      for (const shared of [false, true]) {
        const { common, first, last } = toyKeys(shared);
        const keys = { common, keys: [first.bytes, last.bytes] };
        if (shared) await expectRefused(system, keys, "0x0001", "SharedDelta", 0n, 1n);
        else await register(system, keys, "0x0001");
      }
    });
  });
});
