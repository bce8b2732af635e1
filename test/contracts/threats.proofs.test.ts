import { expect } from "chai";
import { getBytes, hexlify, id } from "ethers";
import { network } from "hardhat";
import { renderVerifier } from "../../src/groth16/verifierTemplate.js";
import { compileSolidity } from "./helpers/compile.js";
import { add, forge, multiply, negate, type Point } from "./helpers/curve.js";
import {
  COMMITMENT,
  deploy,
  ethers,
  fulfill,
  type Job,
  makeJob,
  networkHelpers,
  proveJob,
  request,
  SALT,
  type System,
  URI,
  X,
} from "./helpers/escrow.js";
import {
  encodeKey,
  type Inference,
  keys,
  P,
  prove,
  type ProofWords,
  R,
  verifierArguments,
} from "./helpers/fixture.js";

const KEY = encodeKey(keys.contributed);

/** One test a row of the threat list in docs/security.md: whatever concerns proofs and keys. */
describe("Threats to proofs", () => {
  const load = () => networkHelpers.loadFixture(deploy);

  async function expectInvalid(
    system: System,
    job: Job,
    payee: string,
    proof: ProofWords,
    outputs: bigint[],
  ) {
    const { escrow, other } = system;
    await expect(escrow.connect(other).fulfill(job, payee, proof, outputs)).to.be.revertedWithCustomError(
      escrow,
      "InvalidProof",
    );
  }

  it("mempool theft: a copied proof pays nobody but the payee inside it", async () => {
    const system = await load();
    const { escrow, worker, other } = system;
    const job = await makeJob(system);
    await request(system, job);
    const { proof, signals } = await proveJob(system, job, worker);
    await expectInvalid(system, job, other.address, proof, [signals[0]]);
    await escrow.connect(other).fulfill(job, worker, proof, [signals[0]]);
    expect(await escrow.balanceOf(worker, job.token)).to.equal(job.amount);
  });

  it("replay over jobs: a proof is good for one job, of equal terms except for the salt", async () => {
    const system = await load();
    const job = await makeJob(system);
    const next = { ...job, salt: id("next") };
    for (const one of [job, next]) await request(system, one);
    const { proof, signals } = await proveJob(system, job, system.worker);
    await expectInvalid(system, next, system.worker.address, proof, [signals[0]]);
  });

  it("replay over escrows: a proof is good for one escrow", async () => {
    const system = await load();
    const elsewhere = await ethers.deployContract("InferenceEscrow", [system.registry]);
    const job = await makeJob(system);
    await elsewhere.connect(system.client).request(job, "0x", { value: job.amount });
    const { proof, signals } = await proveJob(system, job, system.worker);
    await expectInvalid({ ...system, escrow: elsewhere }, job, system.worker.address, proof, [signals[0]]);
  });

  it("replay over chains: a proof is good for one chain", async () => {
    // New chains: the same accounts and nonces give the same addresses.
    const open = async (chainId: number) => {
      const { ethers, networkHelpers } = await network.create({ network: "default", override: { chainId } });
      const [deployer, client, worker, other] = await ethers.getSigners();
      const registry = await ethers.deployContract("ModelRegistry", deployer);
      const escrow = await ethers.deployContract("InferenceEscrow", [registry], deployer);
      await registry.register(KEY, COMMITMENT, URI);
      const modelId = await registry.modelIdOf(KEY, COMMITMENT);
      await networkHelpers.time.increaseTo(2_000_000_000);
      return { deployer, client, worker, other, registry, escrow, modelId };
    };
    const [here, elsewhere] = [await open(31337), await open(4242)];
    const terms = await makeJob(await load(), { modelId: here.modelId, client: here.client.address });
    const job = { ...terms, fundBy: 2_000_001_000n, fulfillBy: 2_000_002_000n };
    for (const { escrow, client } of [here, elsewhere]) {
      await escrow.connect(client).request(job, "0x", { value: job.amount });
    }
    expect(await elsewhere.escrow.getAddress()).to.equal(await here.escrow.getAddress());
    const jobId = await here.escrow.hashJob(job);
    expect(await elsewhere.escrow.hashJob(job)).to.equal(jobId);
    expect(await elsewhere.escrow.jobDigest(jobId)).not.to.equal(await here.escrow.jobDigest(jobId));
    const binding = await here.escrow.bindingOf(await here.escrow.hashJob(job), here.worker);
    const { proof, signals } = await prove(X, SALT, binding);
    await expect(
      elsewhere.escrow.fulfill(job, elsewhere.worker, proof, [signals[0]]),
    ).to.be.revertedWithCustomError(elsewhere.escrow, "InvalidProof");
    await here.escrow.fulfill(job, here.worker, proof, [signals[0]]);
  });

  it("Groth16 malleability: the other form of a proof holds too, but no job is paid twice", async () => {
    const system = await load();
    const { escrow, worker } = system;
    const job = await makeJob(system);
    await request(system, job);
    const { proof, signals } = await proveJob(system, job, worker);
    const [ax, ay, bx1, bx0, by1, by0, cx, cy] = proof;
    const twin: ProofWords = [ax, P - ay, bx1, bx0, P - by1, P - by0, cx, cy];
    await escrow.fulfill(job, worker, twin, [signals[0]]);
    await expect(escrow.fulfill(job, worker, proof, [signals[0]]))
      .to.be.revertedWithCustomError(escrow, "InvalidStatus")
      .withArgs(await escrow.hashJob(job), 2n);
  });

  it("signals >= r: no output, input commitment or binding has a second encoding", async () => {
    const system = await load();
    const job = await makeJob(system);
    await request(system, job);
    const { proof, signals } = await proveJob(system, job, system.worker);
    for (let alias = signals[0] + R; alias < 2n ** 256n; alias += R) {
      await expectInvalid(system, job, system.worker.address, proof, [alias]);
    }
    for (const index of [0, 1, 2]) {
      const aliased = signals.with(index, signals[index] + R);
      expect(await system.registry.verify(system.modelId, proof, aliased)).to.equal(false);
      expect(await system.registry.verifyBatch(system.modelId, [proof, proof], [signals, aliased])).to.equal(
        false,
      );
    }
  });

  it("unsafe setup without a contribution: anyone can forge under the key, the registry refuses it", async () => {
    const { registry, deployer } = await load();
    const signals = [1n, 2n, 3n];
    const forged = await forge(keys.uncontributed, signals, 1n);
    const options = { contractName: "Unsafe", header: "unsafe" };
    const { abi, bytecode } = compileSolidity(renderVerifier(keys.uncontributed, options), "Unsafe");
    const verifier = await new ethers.ContractFactory(abi, bytecode, deployer).deploy();
    const verifyProof = verifier.getFunction("verifyProof");
    expect(await verifyProof(...verifierArguments(forged), signals)).to.equal(true);
    await expect(
      registry.register(encodeKey(keys.uncontributed), COMMITMENT, URI),
    ).to.be.revertedWithCustomError(registry, "UncontributedKey");
  });

  it("unsafe setup with a beacon only: forgeries verify, so that the setup's hash is part of the id", async () => {
    const { registry } = await load();
    const signals = [1n, 2n, 3n];
    const forged = await forge(keys.beaconOnly, signals, BigInt(keys.beaconDelta));
    const key = encodeKey(keys.beaconOnly);
    await registry.register(key, COMMITMENT, URI);
    const modelId = await registry.modelIdOf(key, COMMITMENT);
    // No contract can see who knows delta: whoever trusts a model id must have audited its setup.
    expect(await registry.verify(modelId, forged, signals)).to.equal(true);
    const audited = await registry.modelIdOf(key, { ...COMMITMENT, setupHash: id("another setup") });
    expect(audited).not.to.equal(modelId);
  });

  it("any byte of a verification key mutated: the key is refused", async () => {
    const { registry, modelId } = await load();
    expect(await registry.register.staticCall(KEY, COMMITMENT, URI)).to.equal(modelId);
    for (let offset = 0; offset < KEY.length / 2 - 1; offset++) {
      const bytes = getBytes(KEY);
      bytes[offset] ^= 1 << (offset % 8);
      const outcome = await registry.register.staticCall(hexlify(bytes), COMMITMENT, URI).then(
        () => "registered",
        (error: Error) => error.message,
      );
      expect(outcome, `byte ${offset}`).to.match(/InvalidG1Point|InvalidG2Point/);
    }
  });

  it("any part of a verification key exchanged for a valid one: another id, under which the proof fails", async () => {
    const { registry, modelId } = await load();
    const { proof, signals } = await prove(X, SALT, 5n);
    expect(await registry.verify(modelId, proof, signals)).to.equal(true);
    const { contributed: key, beaconOnly: other } = keys;
    const negated = key.IC.map(([x, y]) => [x, String(P - BigInt(y)), "1"]) as typeof key.IC;
    const mutations = [
      { vk_alpha_1: key.IC[0] },
      { vk_beta_2: key.vk_gamma_2 },
      { vk_gamma_2: key.vk_beta_2 },
      { vk_delta_2: other.vk_delta_2 },
      ...key.IC.map((_, i) => ({ IC: key.IC.with(i, negated[i]) })),
      { IC: [key.IC[0], key.IC[2], key.IC[1], key.IC[3]] },
    ];
    for (const mutation of mutations) {
      const mutated = encodeKey({ ...key, ...mutation });
      await registry.register(mutated, COMMITMENT, URI);
      const mutatedId = await registry.modelIdOf(mutated, COMMITMENT);
      expect(mutatedId).not.to.equal(modelId);
      expect(await registry.verify(mutatedId, proof, signals), Object.keys(mutation)[0]).to.equal(false);
    }
  });

  it("points of a proof at infinity or off the curve: refused, alone and in a batch", async () => {
    const { registry, modelId } = await load();
    const { proof, signals } = await prove(X, SALT, 0n);
    const groups = [
      [0, 1],
      [2, 3, 4, 5],
      [6, 7],
    ];
    const mutations = [
      ...groups.map((group) => proof.map((word, i) => (group.includes(i) ? 0n : word))),
      ...proof.map((_, index) => proof.map((word, i) => (i === index ? word + 1n : word))),
      ...proof.map((_, index) => proof.map((word, i) => (i === index ? word + P : word))),
    ] as ProofWords[];
    for (const mutated of mutations) {
      expect(await registry.verify(modelId, mutated, signals)).to.equal(false);
      expect(await registry.verifyBatch(modelId, [proof, mutated], [signals, signals])).to.equal(false);
    }
  });

  it("errors that cancel out in a batch: refused", async () => {
    const { registry, modelId } = await load();
    const one = await prove(X, SALT, 1n);
    const two = await prove(X, SALT, 2n);
    const shift = await multiply([1n, 2n], 7n);
    const shifted = async ({ proof }: Inference, by: Point): Promise<ProofWords> => {
      const c = await add([proof[6], proof[7]], by);
      return [...proof.slice(0, 6), ...c] as ProofWords;
    };
    const signals = [one.signals, two.signals];
    expect(await registry.verifyBatch(modelId, [one.proof, two.proof], signals)).to.equal(true);
    const cancelling = [await shifted(one, shift), await shifted(two, negate(shift))];
    expect(await registry.verifyBatch(modelId, cancelling, signals)).to.equal(false);
    expect(await registry.verifyBatch(modelId, [one.proof, two.proof], signals.toReversed())).to.equal(false);
  });

  it("duplicate job in a batch: the whole batch is refused", async () => {
    const system = await load();
    const { escrow, worker } = system;
    const job = await makeJob(system);
    await request(system, job);
    const { proof, signals } = await proveJob(system, job, worker);
    const entry = { job, payee: worker.address, proof, outputs: [signals[0]] };
    await expect(escrow.fulfillBatch([entry, entry]))
      .to.be.revertedWithCustomError(escrow, "InvalidStatus")
      .withArgs(await escrow.hashJob(job), 2n);
    await escrow.fulfillBatch([entry]);
    expect(await escrow.balanceOf(worker, job.token)).to.equal(job.amount);
  });

  it("wrong output count: refused, alone and in a batch", async () => {
    const system = await load();
    const { escrow, registry, worker } = system;
    const job = await makeJob(system);
    await request(system, job);
    const { proof, signals } = await proveJob(system, job, worker);
    for (const outputs of [[], [signals[0], 0n], signals.slice(0, 2)]) {
      const entry = { job, payee: worker.address, proof, outputs };
      for (const attempt of [
        () => escrow.fulfill(job, worker, proof, outputs),
        () => escrow.fulfillBatch([entry]),
      ]) {
        await expect(attempt())
          .to.be.revertedWithCustomError(registry, "SignalCountMismatch")
          .withArgs(3n, outputs.length + 2);
      }
    }
  });

  it("a forged output: refused", async () => {
    const system = await load();
    const job = await makeJob(system);
    await request(system, job);
    const { proof, signals } = await proveJob(system, job, system.worker);
    await expectInvalid(system, job, system.worker.address, proof, [signals[0] + 1n]);
    await fulfill(system, job);
  });

  it("another input than the job's: refused", async () => {
    const system = await load();
    const { escrow, worker } = system;
    const job = await makeJob(system);
    await request(system, job);
    const binding = await escrow.bindingOf(await escrow.hashJob(job), worker);
    const { proof, signals } = await prove(X + 1n, SALT, binding);
    await expectInvalid(system, job, worker.address, proof, [signals[0]]);
  });
});
