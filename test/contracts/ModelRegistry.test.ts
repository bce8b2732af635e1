import { expect } from "chai";
import {
  AbiCoder,
  concat,
  dataLength,
  dataSlice,
  FunctionFragment,
  getBytes,
  hexlify,
  keccak256,
  toBeHex,
} from "ethers";
import { encodeVerificationKey } from "../../src/client/escrow.js";
import type { VerificationKey } from "../../src/groth16/types.js";
import { COMMITMENT, deploy, networkHelpers, URI } from "./helpers/escrow.js";
import { encodeKey, keys, P, prove } from "./helpers/fixture.js";

const [BETA, GAMMA, DELTA, IC] = [64, 192, 320, 448];
const KEY = encodeKey(keys.contributed);

/** On the twist y² = x³ + 3/(9+u), but R times it is not infinity: x = 1, imaginary parts first. */
const OUTSIDE_SUBGROUP = [
  0n,
  1n,
  5912654199736721486680175016176231956195085055698687135131307249486702594212n,
  18278151005453108793778860132295291098363647455926340152056652516292830556603n,
];

/** The key with other bytes at an offset. */
function patch(offset: number, ...words: bigint[]): string {
  const bytes = getBytes(KEY);
  words.forEach((word, i) => bytes.set(getBytes(toBeHex(word, 32)), offset + 32 * i));
  return hexlify(bytes);
}

function word(offset: number): bigint {
  return BigInt(hexlify(getBytes(KEY).slice(offset, offset + 32)));
}

describe("ModelRegistry", () => {
  const load = () => networkHelpers.loadFixture(deploy);

  async function expectRefused(key: string, error: string, ...args: unknown[]): Promise<void> {
    const { registry } = await load();
    const refusal = expect(registry.register(key, COMMITMENT, URI)).to.be.revertedWithCustomError(
      registry,
      error,
    );
    await (args.length === 0 ? refusal : refusal.withArgs(...args));
  }

  describe("register", () => {
    it("gives the id that follows from key and commitment", async () => {
      const { registry, modelId } = await load();
      const encoded = AbiCoder.defaultAbiCoder().encode(
        ["bytes32", "bytes32", "bytes32", "bytes32"],
        [keccak256(KEY), COMMITMENT.modelHash, COMMITMENT.circuitHash, COMMITMENT.setupHash],
      );
      expect(modelId).to.equal(concat(["0x01", dataSlice(keccak256(encoded), 0, 31)]));
      expect(await registry.kindOf(modelId)).to.equal(1n);
      expect(await registry.register.staticCall(KEY, COMMITMENT, URI)).to.equal(modelId);
    });

    it("refuses points at infinity as snarkjs writes them: the client encodes them as (0, 0)", async () => {
      const key = keys.contributed;
      const zero = ["0", "0"] as [string, string];
      const unused = { ...key, nPublic: 4, IC: [...key.IC, ["0", "1", "0"]] } as VerificationKey;
      expect(encodeVerificationKey(unused)).to.equal(concat([KEY, new Uint8Array(64)]));
      await expectRefused(encodeVerificationKey(unused), "InvalidG1Point", dataLength(KEY));
      const infinite = { ...key, vk_beta_2: [zero, ["1", "0"], zero] } as VerificationKey;
      expect(encodeVerificationKey(infinite)).to.equal(patch(BETA, 0n, 0n, 0n, 0n));
      await expectRefused(encodeVerificationKey(infinite), "InvalidG2Point");
    });

    it("announces commitment and uri", async () => {
      const { registry, worker } = await load();
      const commitment = { ...COMMITMENT, setupHash: COMMITMENT.modelHash };
      await expect(registry.connect(worker).register(KEY, commitment, URI))
        .to.emit(registry, "ModelRegistered")
        .withArgs(await registry.modelIdOf(KEY, commitment), worker, Object.values(commitment), URI);
    });

    it("keeps the key and the number of its signals", async () => {
      const { registry, modelId } = await load();
      expect(await registry.verificationKey(modelId)).to.equal(KEY);
      expect(await registry.signalCount(modelId)).to.equal(3n);
    });

    it("lets anyone announce a known model again, without storing it again", async () => {
      const { registry, worker, modelId } = await load();
      const again = registry.connect(worker).register(KEY, COMMITMENT, "https://elsewhere");
      await expect(again)
        .to.emit(registry, "ModelRegistered")
        .withArgs(modelId, worker, Object.values(COMMITMENT), "https://elsewhere");
      expect((await (await again).wait())!.gasUsed).to.be.lessThan(60_000n);
    });

    it("takes keys of up to 375 signals", async () => {
      const { registry } = await load();
      const key = concat([
        KEY.slice(0, 2 + 2 * IC),
        ...Array<string>(376).fill(`0x${KEY.slice(2 + 2 * IC, 2 + 2 * IC + 128)}`),
      ]);
      await registry.register(key, COMMITMENT, URI);
      const modelId = await registry.modelIdOf(key, COMMITMENT);
      expect(await registry.signalCount(modelId)).to.equal(375n);
      expect(await registry.verificationKey(modelId)).to.equal(key);
    });

    it("refuses a key of another length", async () => {
      const longest = concat([KEY.slice(0, 2 + 2 * IC), ...Array<string>(377).fill(`0x${KEY.slice(-128)}`)]);
      for (const key of ["0x", KEY.slice(0, 2 + 2 * (IC + 64)), KEY.slice(0, -2), `${KEY}00`, longest]) {
        await expectRefused(key, "InvalidKeyLength", dataLength(key));
      }
    });

    it("refuses G1 points off the curve, not in canonical form, and at infinity", async () => {
      for (const offset of [0, IC, IC + 64, IC + 128, IC + 192]) {
        const [x, y] = [word(offset), word(offset + 32)];
        const points = [
          [x, y + 1n],
          [x + 1n, y],
          [x + P, y],
          [x, y + P],
          [0n, 0n],
        ] as const;
        for (const point of points) await expectRefused(patch(offset, ...point), "InvalidG1Point", offset);
      }
    });

    it("refuses G2 points off the curve, not in canonical form, and at infinity", async () => {
      for (const offset of [BETA, GAMMA, DELTA]) {
        await expectRefused(patch(offset, 0n, 0n, 0n, 0n), "InvalidG2Point");
        for (let i = 0; i < 4; i++) {
          await expectRefused(patch(offset + 32 * i, word(offset + 32 * i) + 1n), "InvalidG2Point");
          await expectRefused(patch(offset + 32 * i, word(offset + 32 * i) + P), "InvalidG2Point");
        }
      }
    });

    it("refuses G2 points outside the subgroup", async () => {
      for (const offset of [BETA, GAMMA, DELTA]) {
        await expectRefused(patch(offset, ...OUTSIDE_SUBGROUP), "InvalidG2Point");
      }
    });

    it("refuses delta = gamma and delta = -gamma", async () => {
      await expectRefused(encodeKey(keys.uncontributed), "UncontributedKey");
      const gamma = [0, 32, 64, 96].map((i) => word(GAMMA + i));
      await expectRefused(patch(DELTA, ...gamma), "UncontributedKey");
      await expectRefused(
        patch(DELTA, gamma[0], gamma[1], P - gamma[2], (P - gamma[3]) % P),
        "UncontributedKey",
      );
    });

    it("says so if the key cannot be stored", async () => {
      const { registry } = await load();
      const commitment = { ...COMMITMENT, setupHash: COMMITMENT.modelHash };
      // With this much gas the checks are passed, and a 64th of what the storing burns is left to say why.
      await expect(
        registry.register.staticCall(KEY, commitment, URI, { gasLimit: 340_000 }),
      ).to.be.revertedWithCustomError(registry, "KeyNotStored");
    });
  });

  describe("verify", () => {
    it("reverts for an unknown model", async () => {
      const { registry } = await load();
      const { proof, signals } = await prove(4n, 99n, 0n);
      const unknown = COMMITMENT.modelHash;
      expect(await registry.signalCount(unknown)).to.equal(0n);
      const calls = [
        () => registry.verify(unknown, proof, signals),
        () => registry.verifyBatch(unknown, [proof], [signals]),
        () => registry.verificationKey(unknown),
      ];
      for (const call of calls) {
        await expect(call()).to.be.revertedWithCustomError(registry, "UnknownModel").withArgs(unknown);
      }
    });

    it("reverts for another number of signals", async () => {
      const { registry, modelId } = await load();
      const { proof, signals } = await prove(4n, 99n, 0n);
      for (const others of [[], signals.slice(1), [...signals, 0n]]) {
        await expect(registry.verify(modelId, proof, others))
          .to.be.revertedWithCustomError(registry, "SignalCountMismatch")
          .withArgs(3n, others.length);
        await expect(registry.verifyBatch(modelId, [proof, proof], [signals, others]))
          .to.be.revertedWithCustomError(registry, "SignalCountMismatch")
          .withArgs(3n, others.length);
      }
    });

    it("is false, not an error, with too little gas", async () => {
      const { registry, modelId } = await load();
      const { proof, signals } = await prove(4n, 99n, 0n);
      expect(await registry.verify(modelId, proof, signals)).to.equal(true);
      expect(await registry.verify(modelId, proof, signals, { gasLimit: 200_000 })).to.equal(false);
    });

    it("has no function by which anyone could change a model", async () => {
      const { registry } = await load();
      const changing = registry.interface.fragments
        .filter((fragment) => FunctionFragment.isFragment(fragment))
        .filter(({ constant }) => !constant);
      expect(changing.map(({ name }) => name)).to.deep.equal(["register", "registerPipeline", "registerSet"]);
    });
  });
});
