import { expect } from "chai";
import {
  AbiCoder,
  dataSlice,
  id,
  type Interface,
  keccak256,
  solidityPackedKeccak256,
  toBeHex,
  ZeroAddress,
} from "ethers";
import { AMOUNT, COMMITMENT, deploy, ethers, networkHelpers, SALT, URI, X } from "./helpers/escrow.js";
import { evaluate, type Inference, prove } from "./helpers/fixture.js";
import { batchKey } from "./helpers/many.js";
import { differing, withPipeline } from "./helpers/pipeline.js";

const coder = AbiCoder.defaultAbiCoder();
const { inputCommitment } = evaluate(X, SALT);

describe("ERC7992Adapter", () => {
  async function deployAdapter() {
    const system = await deploy();
    const adapter = await ethers.deployContract("ERC7992Adapter", [system.registry]);
    return { ...system, adapter, modelNumber: BigInt(system.modelId) };
  }
  const load = () => networkHelpers.loadFixture(deployAdapter);

  function encode({ proof, signals }: Inference): [output: string, proof: string] {
    return [coder.encode(["uint256[]"], [[signals[0]]]), coder.encode(["uint256[8]"], [proof])];
  }

  it("shows a model of the registry under the commitment that its id proves", async () => {
    const { adapter, modelId, modelNumber, key } = await load();
    const proofSystem = dataSlice(id("groth16-bn254-v1"), 0, 4);
    const shown = [COMMITMENT.modelHash, COMMITMENT.circuitHash, keccak256(key), proofSystem, ""];
    await expect(adapter.introduce(COMMITMENT, modelId))
      .to.emit(adapter, "ModelRegistered")
      .withArgs(modelNumber, ZeroAddress, shown);
    expect(await adapter.getModel(modelNumber)).to.deep.equal([shown, false, ZeroAddress]);
    expect(await adapter.proofSystemOf(modelNumber)).to.equal(proofSystem);
    expect(await adapter.registry()).to.equal(await adapter.getAddress());
  });

  it("shows a model with batch keys too, under the commitment of the set", async () => {
    const { adapter, registry, key } = await load();
    const batches = [batchKey(2), batchKey(8)];
    await registry.registerSet(key, batches, COMMITMENT, URI);
    const modelId = await registry.setIdOf(key, batches, COMMITMENT);
    await expect(
      adapter.introduce({ ...COMMITMENT, circuitHash: id("other") }, modelId),
    ).to.be.revertedWithCustomError(adapter, "ModelNotFound");
    await adapter.introduce(COMMITMENT, modelId);
    const [output, proof] = encode(await prove(X, SALT, 0n));
    const commitment = toBeHex(inputCommitment, 32);
    await expect(adapter.verifyInference(BigInt(modelId), commitment, output, proof)).to.emit(
      adapter,
      "InferenceVerified",
    );
  });

  it("does not show models that are proven in segments, whose proofs have another form", async () => {
    const system = await load();
    const { adapter, registry } = system;
    const { modelId } = await withPipeline(system, differing(2));
    await expect(adapter.introduce(COMMITMENT, modelId))
      .to.be.revertedWithCustomError(registry, "WrongKind")
      .withArgs(modelId, 3n);
  });

  it("refuses another commitment, and models that it does not know", async () => {
    const { adapter, registry, modelId, modelNumber } = await load();
    await expect(adapter.introduce({ ...COMMITMENT, setupHash: id("other") }, modelId))
      .to.be.revertedWithCustomError(adapter, "ModelNotFound")
      .withArgs(modelNumber);
    await expect(adapter.introduce(COMMITMENT, id("unknown"))).to.be.revertedWithCustomError(
      registry,
      "UnknownModel",
    );
    const [output, proof] = encode(await prove(X, SALT, 0n));
    const commitment = toBeHex(inputCommitment, 32);
    for (const attempt of [
      () => adapter.getModel(modelNumber),
      () => adapter.verifyInference(modelNumber, commitment, output, proof),
    ]) {
      await expect(attempt()).to.be.revertedWithCustomError(adapter, "ModelNotFound").withArgs(modelNumber);
    }
  });

  it("verifies an inference that is bound to nobody", async () => {
    const { adapter, modelId, modelNumber, worker } = await load();
    await adapter.introduce(COMMITMENT, modelId);
    const [output, proof] = encode(await prove(X, SALT, 0n));
    const commitment = toBeHex(inputCommitment, 32);
    await expect(adapter.connect(worker).verifyInference(modelNumber, commitment, output, proof))
      .to.emit(adapter, "InferenceVerified")
      .withArgs(modelNumber, commitment, output, worker);
  });

  it("refuses another output, another input, a bound proof and another number of words", async () => {
    const { adapter, modelId, modelNumber } = await load();
    await adapter.introduce(COMMITMENT, modelId);
    const [output, proof] = encode(await prove(X, SALT, 0n));
    const [, bound] = encode(await prove(X, SALT, 1n));
    const commitment = toBeHex(inputCommitment, 32);
    for (const args of [
      [commitment, coder.encode(["uint256[]"], [[56n]]), proof],
      [toBeHex(inputCommitment + 1n, 32), output, proof],
      [commitment, output, bound],
    ] as const) {
      await expect(adapter.verifyInference(modelNumber, ...args)).to.be.revertedWithCustomError(
        adapter,
        "InvalidProof",
      );
    }
    const two = coder.encode(["uint256[]"], [[55n, 0n]]);
    await expect(adapter.verifyInference(modelNumber, commitment, two, proof)).to.be.revertedWithCustomError(
      adapter,
      "OutputMismatch",
    );
  });

  it("has models without owners, which nobody can change", async () => {
    const { adapter, registry, modelNumber, client, key } = await load();
    const commitment = { ...COMMITMENT, vkHash: keccak256(key), proofSystemId: "0x00000000", uri: "" };
    await expect(adapter.registerModel(commitment))
      .to.be.revertedWithCustomError(adapter, "KeyRequired")
      .withArgs(registry);
    for (const attempt of [
      () => adapter.connect(client).updateModel(modelNumber, commitment),
      () => adapter.connect(client).deprecateModel(modelNumber),
    ]) {
      await expect(attempt())
        .to.be.revertedWithCustomError(adapter, "NotModelOwner")
        .withArgs(modelNumber, client);
    }
  });

  it("tells its interfaces (ERC-165)", async () => {
    const { adapter } = await load();
    const selector = (...names: string[]): string =>
      toBeHex(
        names
          .map((name) => BigInt((adapter.interface as Interface).getFunction(name)!.selector))
          .reduce((a, b) => a ^ b),
        4,
      );
    const supported = [
      selector("registerModel", "updateModel", "deprecateModel", "getModel"),
      selector("verifyInference", "proofSystemOf", "registry"),
      "0x01ffc9a7",
    ];
    for (const one of supported) expect(await adapter.supportsInterface(one)).to.equal(true);
    expect(await adapter.supportsInterface("0xffffffff")).to.equal(false);
  });
});

describe("ERC8183Evaluator", () => {
  async function deployEvaluator() {
    const system = await deploy();
    const { registry, token, client, worker, modelId } = system;
    const commerce = await ethers.deployContract("TestCommerce", [token]);
    const factory = await ethers.deployContract("ERC8183EvaluatorFactory", [registry]);
    const terms = { commerce: await commerce.getAddress(), modelId, inputCommitment };
    const address = await factory.evaluatorOf(terms);
    await token.connect(client).approve(commerce, AMOUNT);
    // The evaluator is named before it is there.
    const expiredAt = (await networkHelpers.time.latest()) + 3600;
    await commerce.connect(client).createAndFund(worker, address, expiredAt, AMOUNT);
    await factory.create(terms);
    const evaluator = await ethers.getContractAt("ERC8183Evaluator", address);
    return { ...system, commerce, factory, terms, evaluator, expiredAt };
  }
  const load = () => networkHelpers.loadFixture(deployEvaluator);

  it("completes a submitted job on a valid proof, whoever sends it", async () => {
    const { commerce, evaluator, token, worker, other } = await load();
    await commerce.connect(worker).submit(1n);
    const { proof, signals } = await prove(X, SALT, await evaluator.bindingOf(1n));
    const sent = evaluator.connect(other).complete(1n, proof, [signals[0]]);
    await expect(sent).to.changeTokenBalances(ethers, token, [commerce, worker], [-AMOUNT, AMOUNT]);
    await expect(sent).to.emit(evaluator, "Proven").withArgs(1n, [55n]);
    await expect(sent)
      .to.emit(commerce, "JobCompleted")
      .withArgs(1n, evaluator, solidityPackedKeccak256(["uint256"], [55n]));
  });

  it("refuses another output, another input and another job's proof", async () => {
    const { commerce, evaluator, worker } = await load();
    await commerce.connect(worker).submit(1n);
    const binding = await evaluator.bindingOf(1n);
    const valid = await prove(X, SALT, binding);
    const otherJob = await prove(X, SALT, await evaluator.bindingOf(2n));
    const otherInput = await prove(X + 1n, SALT, binding);
    for (const [proof, output] of [
      [valid.proof, 56n],
      [otherJob.proof, 55n],
      [otherInput.proof, otherInput.signals[0]],
    ] as const) {
      await expect(evaluator.complete(1n, proof, [output])).to.be.revertedWithCustomError(
        evaluator,
        "InvalidProof",
      );
    }
  });

  it("does not complete a job that is not submitted, complete or expired", async () => {
    const { commerce, evaluator, worker, client, token, expiredAt } = await load();
    const { proof, signals } = await prove(X, SALT, await evaluator.bindingOf(1n));
    const attempt = () => evaluator.complete(1n, proof, [signals[0]]);
    await expect(attempt()).to.be.revertedWithCustomError(commerce, "WrongStatus");
    await commerce.connect(worker).submit(1n);
    await networkHelpers.time.increaseTo(expiredAt);
    await expect(commerce.claimRefund(1n)).to.changeTokenBalances(
      ethers,
      token,
      [commerce, client],
      [-AMOUNT, AMOUNT],
    );
    await expect(attempt()).to.be.revertedWithCustomError(commerce, "WrongStatus");
  });

  it("is tested with a job contract that lets nobody else act, and nothing happen twice", async () => {
    const { commerce, evaluator, worker, other } = await load();
    await expect(commerce.connect(other).submit(1n)).to.be.revertedWithCustomError(commerce, "Unauthorized");
    await expect(commerce.connect(other).complete(1n, id("reason"), "0x")).to.be.revertedWithCustomError(
      commerce,
      "Unauthorized",
    );
    await expect(commerce.claimRefund(1n)).to.be.revertedWithCustomError(commerce, "WrongStatus");
    await commerce.connect(worker).submit(1n);
    await expect(commerce.connect(worker).submit(1n)).to.be.revertedWithCustomError(commerce, "WrongStatus");
    const { proof, signals } = await prove(X, SALT, await evaluator.bindingOf(1n));
    await evaluator.complete(1n, proof, [signals[0]]);
    await expect(commerce.claimRefund(1n)).to.be.revertedWithCustomError(commerce, "WrongStatus");
  });

  it("binds proofs to chain, evaluator and job, by all bits of a hash that fit a signal", async () => {
    const { evaluator } = await load();
    const { chainId } = await ethers.provider.getNetwork();
    const words = [chainId, await evaluator.getAddress(), 7n];
    const hash = keccak256(coder.encode(["uint256", "address", "uint256"], words));
    expect(await evaluator.bindingOf(7n)).to.equal(BigInt(hash) >> 8n);
  });

  it("is determined by its terms", async () => {
    const { evaluator, factory, registry, terms } = await load();
    expect(await evaluator.terms()).to.deep.equal(Object.values(terms));
    expect(await evaluator.registry()).to.equal(await registry.getAddress());
    const others = { ...terms, inputCommitment: 1n };
    const address = await factory.evaluatorOf(others);
    expect(address).not.to.equal(await evaluator.getAddress());
    await expect(factory.create(others))
      .to.emit(factory, "EvaluatorCreated")
      .withArgs(address, Object.values(others));
    // Whoever was faster has done no harm.
    await expect(factory.create(others)).not.to.emit(factory, "EvaluatorCreated");
    expect(await factory.create.staticCall(others)).to.equal(address);
  });

  it("is made by the transaction that completes its job, whoever sends it", async () => {
    const system = await load();
    const { commerce, factory, client, worker, other, token, terms, expiredAt } = system;
    const bare = await ethers.deployContract("TestCommerce", [token]);
    const others = { ...terms, commerce: await bare.getAddress() };
    const address = await factory.evaluatorOf(others);
    await token.connect(client).approve(bare, 2n * AMOUNT);
    for (const id of [1n, 2n]) {
      await bare.connect(client).createAndFund(worker, address, expiredAt, AMOUNT);
      await bare.connect(worker).submit(id);
    }
    const evaluator = await ethers.getContractAt("ERC8183Evaluator", address);
    const { chainId } = await ethers.provider.getNetwork();
    const complete = async (id: bigint) => {
      const hash = keccak256(coder.encode(["uint256", "address", "uint256"], [chainId, address, id]));
      const { proof, signals } = await prove(X, SALT, BigInt(hash) >> 8n);
      return factory.connect(other).complete(others, id, proof, [signals[0]]);
    };
    const sent = complete(1n);
    await expect(sent).to.changeTokenBalances(ethers, token, [bare, worker], [-AMOUNT, AMOUNT]);
    await expect(sent).to.emit(factory, "EvaluatorCreated").withArgs(address, Object.values(others));
    await expect(sent).to.emit(evaluator, "Proven").withArgs(1n, [55n]);
    await expect(complete(2n)).not.to.emit(factory, "EvaluatorCreated");
    expect((await commerce.jobs(1n)).status).to.equal(1n);
  });

  it("has no terms where all evaluators have their code, and completes nothing there", async () => {
    const { factory } = await load();
    const code = await ethers.getContractAt("ERC8183Evaluator", await factory.implementation());
    await expect(code.terms()).to.be.revertedWithoutReason(ethers);
    const { proof, signals } = await prove(X, SALT, await code.bindingOf(1n));
    await expect(code.complete(1n, proof, [signals[0]])).to.be.revertedWithoutReason(ethers);
  });
});
