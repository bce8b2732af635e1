import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import { encodePipeline } from "../../src/client/pipelineKeys.js";
import { COMMITMENT, deploy, ethers, networkHelpers, request, type System, URI } from "./helpers/escrow.js";
import { evaluate, P, type ProofWords, R } from "./helpers/fixture.js";
import { proofOf } from "./helpers/many.js";
import {
  differing,
  fundAnswer,
  keyName,
  makePipeline,
  type PipelineAnswer,
  type PipelineProof,
  type PipelineSystem,
  proveAnswer,
  proveSegments,
  sharing,
  signalsOf,
  type Statement,
  statementOf,
  withPipeline,
} from "./helpers/pipeline.js";

/** One test a row of the threat list in docs/security.md: whatever concerns the proofs of a model's segments. */
describe("Threats to a pipeline of segments", () => {
  const deployEight = async () => withPipeline(await deploy(), differing(8));
  const deployShared = async () => withPipeline(await deploy(), sharing(8));

  /** A funded job of eight segments, its answer for the worker, and honest proofs. */
  async function eight(shared = false) {
    const system = await networkHelpers.loadFixture(shared ? deployShared : deployEight);
    const one = await fundAnswer(system);
    const statement = await statementOf(system, one);
    return { system, one, statement, proof: proveSegments(system.pipeline, statement) };
  }

  async function expectInvalid({ escrow, other }: System, one: PipelineAnswer, proof: PipelineProof) {
    const { job, payee, outputs } = one;
    await expect(
      escrow.connect(other).fulfillPipeline(job, payee, proof, outputs),
    ).to.be.revertedWithCustomError(escrow, "InvalidProof");
  }

  /** Nothing that was refused has changed anything. */
  async function expectStillGood({ escrow, other }: System, one: PipelineAnswer, proof: PipelineProof) {
    const { job, payee, outputs } = one;
    await escrow.connect(other).fulfillPipeline(job, payee, proof, outputs);
    expect(await escrow.balanceOf(payee, job.token)).to.equal(job.amount);
  }

  /** The honest proofs, with some segments proven of another statement. */
  function mixed(system: PipelineSystem, honest: PipelineProof, other: Statement, places: readonly number[]) {
    const proofs = honest.proofs.map((proof, i) =>
      places.includes(i) ? proofOf(keyName(system.pipeline.segments[i]), signalsOf(other, i)) : proof,
    );
    return { ...honest, proofs };
  }

  it("mempool theft: a thief as the payee", async () => {
    const { system, one, statement, proof } = await eight();
    const theft = { ...one, payee: system.other.address };
    await expectInvalid(system, theft, proof);
    // The thief can prove the first segment's statement with its own binding only together with other edges.
    const { binding, edges } = await statementOf(system, theft);
    await expectInvalid(system, theft, mixed(system, proof, { ...statement, binding, edges }, [0]));
    const rest = mixed(
      system,
      proof,
      { ...statement, binding, edges: statement.edges.with(0, edges[0]) },
      [0],
    );
    await expectInvalid(system, theft, { ...rest, edges: rest.edges.with(0, edges[0]) });
    await expectStillGood(system, one, proof);
  });

  it("replay: the proofs of another job, of equal terms except for the salt", async () => {
    const { system, one, proof } = await eight();
    const next = await fundAnswer(system, { salt: id("next") });
    await expectInvalid(system, next, proof);
    await expectStillGood(system, one, proof);
    await expectInvalid(system, next, proof);
  });

  it("one segment, or all but one, from another job", async () => {
    const { system, one, proof } = await eight();
    // On another input, and on the same one.
    for (const changes of [{ inputCommitment: evaluate(9n, 9n).inputCommitment }, {}]) {
      const other = await fundAnswer(system, {
        salt: id(`other ${Object.keys(changes).length}`),
        ...changes,
      });
      const theirs = await proveAnswer(system, other);
      for (const i of proof.proofs.keys()) {
        await expectInvalid(system, one, { ...proof, proofs: proof.proofs.with(i, theirs.proofs[i]) });
        await expectInvalid(system, one, { ...proof, proofs: theirs.proofs.with(i, proof.proofs[i]) });
        // With the edges that this segment shows.
        const edges = proof.edges.map((edge, j) => (j === i || j === i - 1 ? theirs.edges[j] : edge));
        await expectInvalid(system, one, { proofs: proof.proofs.with(i, theirs.proofs[i]), edges });
      }
    }
    await expectStillGood(system, one, proof);
  });

  it("an edge from another job, or any other edge", async () => {
    const { system, one, proof } = await eight();
    const theirs = await proveAnswer(system, await fundAnswer(system, { salt: id("other") }));
    for (const [i, edge] of proof.edges.entries())
      for (const other of [theirs.edges[i], edge + 1n, 0n, R - 1n])
        await expectInvalid(system, one, { ...proof, edges: proof.edges.with(i, other) });
    await expectStillGood(system, one, proof);
  });

  for (const shared of [false, true])
    it(`swapped proofs and swapped edges, ${shared ? "of one key" : "of keys of their own"}`, async () => {
      const { system, one, proof } = await eight(shared);
      const { proofs, edges } = proof;
      for (const i of proofs.keys())
        for (let j = i + 1; j < proofs.length; j++)
          await expectInvalid(system, one, { edges, proofs: proofs.with(i, proofs[j]).with(j, proofs[i]) });
      for (const i of edges.keys())
        for (let j = i + 1; j < edges.length; j++)
          await expectInvalid(system, one, { proofs, edges: edges.with(i, edges[j]).with(j, edges[i]) });
      // Both, so that segments of one key keep their statements, in another order.
      const [a, b] = [2, 4];
      await expectInvalid(system, one, {
        proofs: proofs.with(a, proofs[b]).with(b, proofs[a]),
        edges: edges.with(a, edges[b]).with(b, edges[a]),
      });
      await expectStillGood(system, one, proof);
    });

  it("a changed output", async () => {
    const { system, one, proof } = await eight();
    const [output] = one.outputs;
    for (const other of [output + 1n, output - 1n, 0n, R - 1n, output + R, R])
      await expectInvalid(system, { ...one, outputs: [other] }, proof);
    await expectStillGood(system, one, proof);
  });

  for (const shared of [false, true])
    it(`one bad segment of eight, ${shared ? "those in between with one key" : "each with its own key"}`, async () => {
      const { system, one, statement, proof } = await eight(shared);
      const lie: Statement = {
        outputs: [statement.outputs[0] + 1n],
        edges: statement.edges.map((edge) => edge + 1n),
        commitment: statement.commitment + 1n,
        binding: statement.binding,
      };
      for (const i of proof.proofs.keys()) {
        await expectInvalid(system, one, mixed(system, proof, lie, [i]));
        const [ax, ay, bx1, bx0, by1, by0, cx, cy] = proof.proofs[i];
        for (const spoiled of [
          [ax, P - ay, bx1, bx0, by1, by0, cx, cy],
          [ax, ay, bx1, bx0, by1, by0, cx, P - cy],
          [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
          [ax, ay, bx1, bx0, by1, by0, 0n, 0n],
          [ax, ay + P, bx1, bx0, by1, by0, cx, cy],
          [ax, ay, bx1, bx0, by1, by0, cx, cy + P],
          [ax, ay, bx1, bx0, by1 + P, by0, cx, cy],
          [ax + 1n, ay, bx1, bx0, by1, by0, cx, cy],
        ] as ProofWords[])
          await expectInvalid(system, one, { ...proof, proofs: proof.proofs.with(i, spoiled) });
      }
      await expectStillGood(system, one, proof);
    });

  it("two errors that would cancel out without the scalars", async () => {
    const { system, one, statement, proof } = await eight(true);
    const { edges } = statement;
    // Segments 3 and 4 have one key: one is wrong by what the other is wrong by, the other way round.
    const more = { ...statement, edges: edges.map((edge) => edge + 1n) };
    const less = { ...statement, edges: edges.map((edge) => edge - 1n) };
    await expectInvalid(system, one, mixed(system, mixed(system, proof, more, [3]), less, [4]));
    await expectStillGood(system, one, proof);
  });

  it("signals >= r: no signal of any segment has a second encoding", async () => {
    const { system, one, statement, proof } = await eight();
    for (const i of proof.edges.keys())
      for (let times = 1n; proof.edges[i] + times * R < 2n ** 256n; times++) {
        const edges = proof.edges.with(i, proof.edges[i] + times * R);
        await expectInvalid(system, one, { ...proof, edges });
        await expectInvalid(system, one, proveSegments(system.pipeline, { ...statement, edges }));
      }
    for (let times = 1n; one.outputs[0] + times * R < 2n ** 256n; times++)
      await expectInvalid(system, { ...one, outputs: [one.outputs[0] + times * R] }, proof);
    await expectStillGood(system, one, proof);
  });

  it("malleability: the other form of any proof holds too, but no job is paid twice", async () => {
    const { system, one, proof } = await eight();
    const twin = ([ax, ay, bx1, bx0, by1, by0, cx, cy]: ProofWords): ProofWords => [
      ax,
      P - ay,
      bx1,
      bx0,
      P - by1,
      P - by0,
      cx,
      cy,
    ];
    for (const i of proof.proofs.keys()) {
      const changed = { ...proof, proofs: proof.proofs.with(i, twin(proof.proofs[i])) };
      await system.escrow.fulfillPipeline.staticCall(one.job, one.payee, changed, one.outputs);
      // It gains nothing: payee, outputs and job are those of the first form.
      await expectInvalid(system, { ...one, payee: system.other.address }, changed);
    }
    await expectStillGood(system, one, { ...proof, proofs: proof.proofs.map(twin) });
    await expect(
      system.escrow.fulfillPipeline(one.job, one.payee, proof, one.outputs),
    ).to.be.revertedWithCustomError(system.escrow, "InvalidStatus");
  });

  it("replay over models, escrows and chains", async () => {
    const { system, one, proof } = await eight();
    const { registry, client } = system;
    // Of the same keys.
    const copy = await withPipeline(system, differing(8), 1, { ...COMMITMENT, modelHash: id("other model") });
    await expectInvalid(copy, await fundAnswer(copy), proof);
    const elsewhere = await ethers.deployContract("InferenceEscrow", [registry]);
    await elsewhere.connect(client).request(one.job, "0x", { value: one.job.amount });
    await expectInvalid({ ...system, escrow: elsewhere }, one, proof);
    await expectStillGood(system, one, proof);

    const open = async (chainId: number): Promise<PipelineSystem> => {
      const { ethers, networkHelpers } = await network.create({ network: "default", override: { chainId } });
      const [deployer, client, worker, other] = await ethers.getSigners();
      const registry = await ethers.deployContract("ModelRegistry", deployer);
      const escrow = await ethers.deployContract("InferenceEscrow", [registry], deployer);
      await networkHelpers.time.increaseTo(2_000_000_000);
      const there = { ...system, deployer, client, worker, other, registry, escrow } as unknown as System;
      return withPipeline(there, differing(8));
    };
    const [here, there] = [await open(31337), await open(4242)];
    const times = { fundBy: 2_000_001_000n, fulfillBy: 2_000_002_000n };
    const mine = await fundAnswer(here, times);
    await request(there, mine.job);
    expect(await there.escrow.getAddress()).to.equal(await here.escrow.getAddress());
    const proofHere = await proveAnswer(here, mine);
    await expectInvalid(there, mine, proofHere);
    await expectStillGood(here, mine, proofHere);
  });

  it("a pipeline of other keys, and one that is another's beginning or end", async () => {
    const { system, one, proof } = await eight();
    const { escrow, registry } = system;
    const shorter = await withPipeline(system, differing(7));
    const theirs = await fundAnswer(shorter);
    for (const proofs of [proof.proofs.slice(1), proof.proofs.slice(0, 7)])
      await expectInvalid(shorter, theirs, { proofs, edges: proof.edges.slice(1) });
    await expect(
      escrow.fulfillPipeline(theirs.job, theirs.payee, proof, theirs.outputs),
    ).to.be.revertedWithCustomError(registry, "SegmentCountMismatch");
    await expectStillGood(system, one, proof);
  });

  it("a mutated key: any byte of common points, keys and segments is refused, or is another model's", async () => {
    const { system, one } = await eight();
    const { registry } = system;
    const { keys, segments } = encodePipeline(makePipeline(differing(8)));
    const id = await registry.pipelineIdOf(keys, segments, COMMITMENT);
    expect(id).to.equal(one.job.modelId);
    const flip = (bytes: string, place: number) =>
      `${bytes.slice(0, 2 + place)}${(parseInt(bytes[2 + place], 16) ^ 1).toString(16)}${bytes.slice(3 + place)}`;
    const attempt = async (changed: typeof keys, numbers: string) => {
      expect(await registry.pipelineIdOf(changed, numbers, COMMITMENT)).not.to.equal(id);
      await expect(registry.registerPipeline(changed, numbers, COMMITMENT, URI)).to.be.revert(ethers);
    };
    for (let place = 1; place < keys.common.length - 2; place += 37)
      await attempt({ ...keys, common: flip(keys.common, place) }, segments);
    for (const [i, key] of keys.keys.entries())
      for (let place = 1; place < key.length - 2; place += 97)
        await attempt({ ...keys, keys: keys.keys.with(i, flip(key, place)) }, segments);
    for (let place = 0; place < segments.length - 2; place++) await attempt(keys, flip(segments, place));
  });
});
