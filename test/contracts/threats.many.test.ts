import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import {
  COMMITMENT,
  ethers,
  fulfill,
  makeJob,
  networkHelpers,
  proveJob,
  request,
  type System,
  URI,
} from "./helpers/escrow.js";
import { P, type ProofWords, R } from "./helpers/fixture.js";
import {
  type Answer,
  batchKey,
  type BatchProof,
  deploySet,
  fundAnswers,
  proofOf,
  proveMany,
  proveWords,
  statement,
  wordsOf,
} from "./helpers/many.js";

/** One test a row of the threat list in docs/security.md: whatever concerns proofs of many jobs. */
describe("Threats to proofs of many jobs", () => {
  const load = () => networkHelpers.loadFixture(deploySet);

  /** Eight funded jobs, their answers for the worker, and an honest proof of them. */
  async function eight() {
    const system = await load();
    const answers = await fundAnswers(system, Array<string>(8).fill(system.worker.address));
    return { system, answers, proof: await proveMany(system, answers) };
  }

  async function expectInvalid({ escrow, other }: System, answers: readonly Answer[], proof: BatchProof) {
    await expect(escrow.connect(other).fulfillMany([...answers], proof)).to.be.revertedWithCustomError(
      escrow,
      "InvalidProof",
    );
  }

  /** Nothing that was refused has changed anything. */
  async function expectStillGood({ escrow, other, worker }: System, answers: Answer[], proof: BatchProof) {
    await escrow.connect(other).fulfillMany(answers, proof);
    const due = answers.reduce((sum, { job }) => sum + BigInt(job.amount), 0n);
    expect(await escrow.balanceOf(worker, answers[0].job.token)).to.equal(due);
  }

  it("mempool theft: a thief as the payee of any one job, or of all", async () => {
    const { system, answers, proof } = await eight();
    const payee = system.other.address;
    for (const i of answers.keys())
      await expectInvalid(system, answers.with(i, { ...answers[i], payee }), proof);
    await expectInvalid(
      system,
      answers.map((one) => ({ ...one, payee })),
      proof,
    );
    await expectStillGood(system, answers, proof);
  });

  it("forged outputs: one of several changed, or two exchanged", async () => {
    const { system, answers, proof } = await eight();
    for (const i of answers.keys()) {
      const [output] = answers[i].outputs;
      for (const other of [output + 1n, output - 1n, 0n, R - 1n, output + R])
        await expectInvalid(system, answers.with(i, { ...answers[i], outputs: [other] }), proof);
    }
    const swapped = answers
      .with(2, { ...answers[2], outputs: answers[5].outputs })
      .with(5, { ...answers[5], outputs: answers[2].outputs });
    await expectInvalid(system, swapped, proof);
    // Differences that cancel out at the point 1.
    const shifted = answers
      .with(0, { ...answers[0], outputs: [answers[0].outputs[0] + 1n] })
      .with(1, { ...answers[1], outputs: [answers[1].outputs[0] - 1n] });
    await expectInvalid(system, shifted, proof);
    await expectStillGood(system, answers, proof);
  });

  it("jobs reordered, one left out, one in the place of another", async () => {
    const { system, answers, proof } = await eight();
    await expectInvalid(system, answers.toReversed(), proof);
    await expectInvalid(system, answers.with(0, answers[1]).with(1, answers[0]), proof);
    await expectInvalid(system, answers.slice(1), proof);
    for (const i of answers.keys()) await expectInvalid(system, answers.toSpliced(i, 1), proof);
    const [foreign] = await fundAnswers(system, [system.worker.address], { salt: id("another") });
    await expectInvalid(system, answers.with(3, foreign), proof);
    await expectStillGood(system, answers, proof);
  });

  it("a job twice: the whole batch is refused, even with a proof of it", async () => {
    const { system, answers, proof } = await eight();
    const { escrow } = system;
    const refused = async (batch: Answer[], proof: BatchProof) =>
      expect(escrow.fulfillMany(batch, proof))
        .to.be.revertedWithCustomError(escrow, "InvalidStatus")
        .withArgs(await escrow.hashJob(batch.at(-1)!.job), 2n);
    await refused([...answers.slice(0, 7), answers[0]], proof);
    const double = [answers[0], answers[0]];
    await refused(double, await proveMany(system, double));
    // For two payees.
    const two = [answers[0], { ...answers[0], payee: system.other.address }];
    await refused(two, await proveMany(system, two));
    await expectStillGood(system, answers, proof);
  });

  it("a short batch pays its answers once, and is about the last one again", async () => {
    const system = await load();
    const { escrow, worker } = system;
    const answers = await fundAnswers(system, Array<string>(3).fill(worker.address));
    const words = await wordsOf(system, answers, 3);
    // Filled up with the first job, with zeros, or with anything.
    for (const filling of [words.slice(0, 3), [0n, 0n, 0n], [1n, 2n, 3n]])
      await expectInvalid(system, answers, proveWords(4, [...words, ...filling]));
    const proof = await proveMany(system, answers, 4);
    await expectInvalid(system, answers.slice(0, 2), proof);
    await expectInvalid(system, [answers[0], answers[2], answers[1]], proof);
    await expectStillGood(system, answers, proof);
    await expect(escrow.fulfillMany([answers[2]], proof)).to.be.revertedWithCustomError(
      escrow,
      "InvalidStatus",
    );
  });

  it("another commitment, and a commitment that was chosen after the point", async () => {
    const { system, answers, proof } = await eight();
    const { commitment } = proof;
    for (const other of [commitment + 1n, 0n, R - commitment, commitment + R, R])
      await expectInvalid(system, answers, { ...proof, commitment: other });
    // The proof is of other words, and of the point that these have.
    const lies = answers.with(0, { ...answers[0], outputs: [answers[0].outputs[0] + 1n] });
    const [, challenge] = statement(commitment, await wordsOf(system, answers, 8));
    const [evaluation] = statement(commitment, await wordsOf(system, lies, 8));
    const late = proofOf("batch of 8", [evaluation, challenge, commitment]);
    await expectInvalid(system, lies, { ...proof, proof: late });
    await expectInvalid(system, answers, { ...proof, proof: late });
    await expectStillGood(system, answers, proof);
  });

  it("a proof for another number of jobs, or by another key of the set", async () => {
    const system = await load();
    const answers = await fundAnswers(system, [system.worker.address, system.worker.address]);
    const [two, four] = [await proveMany(system, answers, 2), await proveMany(system, answers, 4)];
    await expectInvalid(system, answers, { ...two, jobs: 4n });
    await expectInvalid(system, answers, { ...four, jobs: 2n });
    const words = await wordsOf(system, answers, 4);
    await expectInvalid(system, answers, proveWords(4, words, "batch of 2"));
    await expectInvalid(system, answers, proveWords(4, words, "batch of 8"));
    await expectStillGood(system, answers, two);
  });

  it("a proof of one job in the place of one of many, and the other way round", async () => {
    const { system, answers, proof } = await eight();
    const { escrow, registry, worker, modelId } = system;
    const job = await makeJob(system, { salt: id("single") });
    await request(system, job);
    const single = await proveJob(system, job, worker);
    const one: Answer = { job, payee: worker.address, outputs: [single.signals[0]] };
    await expectInvalid(system, [one], { jobs: 2n, commitment: single.signals[2], proof: single.proof });
    // The signals of a batch are no output, input commitment and binding of anybody's job.
    const signals = statement(proof.commitment, await wordsOf(system, answers, 8));
    expect(await registry.verify(modelId, proof.proof, signals)).to.equal(false);
    await expect(
      escrow.fulfill(answers[0].job, worker, proof.proof, answers[0].outputs),
    ).to.be.revertedWithCustomError(escrow, "InvalidProof");
    await fulfill(system, job);
  });

  it("signals >= r: no word of any job has a second encoding", async () => {
    const { system, answers } = await eight();
    for (const i of [0, 7]) {
      for (let times = 1n; answers[i].outputs[0] + times * R < 2n ** 256n; times++) {
        const aliased = answers.with(i, { ...answers[i], outputs: [answers[i].outputs[0] + times * R] });
        await expectInvalid(system, aliased, await proveMany(system, aliased));
      }
    }
    for (const output of [0n, R - 1n]) {
      const edge = answers.with(7, { ...answers[7], outputs: [output] });
      const proof = await proveMany(system, edge);
      await system.escrow.fulfillMany.staticCall(edge, proof);
    }
    const beyond = answers.with(7, { ...answers[7], outputs: [R] });
    await expectInvalid(system, beyond, await proveMany(system, beyond));
  });

  it("malleability: the other form of a proof holds too, but no job is paid twice", async () => {
    const { system, answers, proof } = await eight();
    const [ax, ay, bx1, bx0, by1, by0, cx, cy] = proof.proof;
    const twin: ProofWords = [ax, P - ay, bx1, bx0, P - by1, P - by0, cx, cy];
    await expectStillGood(system, answers, { ...proof, proof: twin });
    await expect(system.escrow.fulfillMany(answers, proof)).to.be.revertedWithCustomError(
      system.escrow,
      "InvalidStatus",
    );
  });

  it("replay over jobs, models and escrows", async () => {
    const { system, answers, proof } = await eight();
    const { registry, key, client } = system;
    // Of equal terms but for the salt.
    const next = await fundAnswers(system, [system.worker.address], { salt: id("next") });
    await expectInvalid(system, answers.with(0, next[0]), proof);
    const commitment = { ...COMMITMENT, modelHash: id("other model") };
    const batches = [batchKey(2), batchKey(4), batchKey(8)];
    await registry.registerSet(key, batches, commitment, URI);
    const modelId = await registry.setIdOf(key, batches, commitment);
    const copies = answers.map((one) => ({ ...one, job: { ...one.job, modelId } }));
    for (const { job } of copies) await request(system, job);
    await expectInvalid(system, copies, proof);
    const elsewhere = await ethers.deployContract("InferenceEscrow", [registry]);
    for (const { job } of answers) await elsewhere.connect(client).request(job, "0x", { value: job.amount });
    await expectInvalid({ ...system, escrow: elsewhere }, answers, proof);
    await expectStillGood(system, answers, proof);
  });

  it("replay over chains", async () => {
    const open = async (chainId: number) => {
      const { ethers, networkHelpers } = await network.create({ network: "default", override: { chainId } });
      const [deployer, client, worker, other] = await ethers.getSigners();
      const registry = await ethers.deployContract("ModelRegistry", deployer);
      const escrow = await ethers.deployContract("InferenceEscrow", [registry], deployer);
      await networkHelpers.time.increaseTo(2_000_000_000);
      const { key } = await load();
      await registry.registerSet(key, [batchKey(2)], COMMITMENT, URI);
      const modelId = await registry.setIdOf(key, [batchKey(2)], COMMITMENT);
      return { ...(await load()), deployer, client, worker, other, registry, escrow, modelId };
    };
    const [here, elsewhere] = [await open(31337), await open(4242)];
    const times = { fundBy: 2_000_001_000n, fulfillBy: 2_000_002_000n };
    const payees = [here.worker.address, here.worker.address];
    const answers = await fundAnswers(here, payees, times);
    await fundAnswers(elsewhere, payees, times);
    expect(await elsewhere.escrow.getAddress()).to.equal(await here.escrow.getAddress());
    const proof = await proveMany(here, answers);
    await expectInvalid(elsewhere, answers, proof);
    await here.escrow.fulfillMany(answers, proof);
  });

  it("one settled job undoes the batch, and the others are not lost", async () => {
    const { system, answers, proof } = await eight();
    const { escrow, worker } = system;
    // Anyone can prove one of them alone; with a proof of many, two.
    await escrow.fulfillMany(answers.slice(0, 1), await proveMany(system, answers.slice(0, 1), 2));
    await expect(escrow.fulfillMany(answers, proof)).to.be.revertedWithCustomError(escrow, "InvalidStatus");
    const rest = answers.slice(1);
    await escrow.fulfillMany(rest, await proveMany(system, rest, 8));
    expect(await escrow.balanceOf(worker, rest[0].job.token)).to.equal(8n * BigInt(rest[0].job.amount));
  });
});
