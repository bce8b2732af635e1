import { expect } from "chai";
import { artifacts } from "hardhat";
import { concat, Interface, toBeHex } from "ethers";
import { renderVerifier } from "../../src/groth16/verifierTemplate.js";
import { Chain } from "./helpers/chain.js";
import { compileSolidity } from "./helpers/compile.js";
import { COMMITMENT, SALT, URI, X } from "./helpers/escrow.js";
import { encodeKey, keys, prove, type Inference, verifierArguments } from "./helpers/fixture.js";

const KEY = encodeKey(keys.contributed);
/** ecAdd, ecMul and ecPairing: without each, without two of them, without all. */
const ABSENT = [[6], [7], [8], [6, 7], [6, 7, 8]];
const TRIALS = 3;
/** What lies in memory differs by model: its id does. */
const MODELS = 8;

/** Junk that a chain cannot refuse by looking at it: no point is checked where there is no pairing. */
function* junk(): Generator<{ proof: Inference["proof"]; signals: bigint[] }> {
  for (let k = 0n; k < TRIALS; k++) {
    const proof = Array.from({ length: 8 }, (_, i) => k * 8n + BigInt(i) + 1n) as Inference["proof"];
    yield { proof, signals: [1n, 2n, k] };
  }
}

describe("A chain without the precompiled contracts of BN254", function () {
  let registryCode: string;
  let registryAbi: Interface;
  let valid: Inference;

  before(async () => {
    const { abi, bytecode } = await artifacts.readArtifact("ModelRegistry");
    [registryAbi, registryCode] = [new Interface(abi), bytecode];
    valid = await prove(X, SALT, 5n);
  });

  /** A registry with the fixture's key under many ids, on a chain with all contracts. */
  async function registered() {
    const chain = await Chain.create([]);
    const { ok, created } = await chain.deploy(registryCode);
    expect(ok).to.equal(true);
    const modelIds = [];
    for (let i = 0; i < MODELS; i++) {
      const commitment = { ...COMMITMENT, setupHash: toBeHex(i, 32) };
      const register = registryAbi.encodeFunctionData("register", [KEY, commitment, URI]);
      modelIds.push((await chain.run(created, register)).data);
    }
    return { chain, registry: created!, modelIds };
  }

  const isTrue = ({ ok, data }: { ok: boolean; data: string }) => ok && BigInt(data) === 1n;

  for (const absent of ABSENT) {
    it(`has no registry: ${absent.join(", ")} absent`, async () => {
      const chain = await Chain.create(absent);
      const { ok, data } = await chain.deploy(registryCode);
      expect(ok).to.equal(false);
      expect(registryAbi.parseError(data)?.name).to.equal("UnsupportedChain");
    });

    it(`accepts no proof in a registry that was there before: ${absent.join(", ")} lost`, async () => {
      const { chain, registry, modelIds } = await registered();
      const calls = ({ proof, signals }: { proof: unknown; signals: unknown }, modelId: string) => [
        registryAbi.encodeFunctionData("verify", [modelId, proof, signals]),
        registryAbi.encodeFunctionData("verifyBatch", [modelId, [proof, proof], [signals, signals]]),
      ];
      for (const call of calls(valid, modelIds[0]))
        expect(isTrue(await chain.run(registry, call))).to.equal(true);

      const later = await chain.lose(absent);
      for (const modelId of modelIds) {
        for (const call of [valid, ...junk()].flatMap((one) => calls(one, modelId)))
          expect(isTrue(await later.run(registry, call))).to.equal(false);
      }
      if (absent.includes(8)) {
        const commitment = { ...COMMITMENT, modelHash: COMMITMENT.setupHash };
        const { data } = await later.run(
          registry,
          registryAbi.encodeFunctionData("register", [KEY, commitment, URI]),
        );
        expect(registryAbi.parseError(data)?.name).to.equal("InvalidG2Point");
      }
    });
  }

  it("has exported verifiers that accept no proof, whatever lies in memory", async () => {
    const source = renderVerifier(keys.contributed, { contractName: "Exported", header: "test" });
    const { abi, bytecode } = compileSolidity(source, "Exported");
    const exported = new Interface(abi);
    const encode = ({ proof, signals }: { proof: Inference["proof"]; signals: bigint[] }) =>
      exported.encodeFunctionData("verifyProof", [...verifierArguments(proof), signals]);
    const chain = await Chain.create([]);
    const { created } = await chain.deploy(bytecode);
    expect(isTrue(await chain.run(created, encode(valid)))).to.equal(true);
    for (const absent of ABSENT) {
      const later = await chain.lose(absent);
      for (const one of [valid, ...junk()])
        expect(isTrue(await later.run(created, encode(one))), absent.join()).to.equal(false);
    }
  });

  it("is a real one: a contract that looks at no length takes silence for the words that it had asked about", async () => {
    // PUSH 1 in memory, STATICCALL of the pairing with the answer in that place, RETURN of it and of the success.
    const careless = concat(["0x6001600052", "0x602060006000600060085afa", "0x602052", "0x60406000f3"]);
    const init = concat(["0x60", toBeHex((careless.length - 2) / 2), "0x8060095f395ff3", careless]);
    const chain = await Chain.create([8]);
    const { created } = await chain.deploy(init);
    const { ok, data } = await chain.run(created, "0x");
    expect([ok, data]).to.deep.equal([true, concat([toBeHex(1, 32), toBeHex(1, 32)])]);
  });
});
