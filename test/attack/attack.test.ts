import { expect } from "chai";
import { describeFamily } from "../../src/attack/attack.js";
import { key } from "../../src/attack/families/key.js";
import { readSignals } from "../../src/attack/signals.js";
import { Trials } from "../../src/attack/trials.js";
import type { AttackTarget } from "../../src/attack/types.js";
import { SMALL_MODELS } from "../helpers/models.js";
import { constraintsNaming, run, targetOf, withoutConstraint } from "./target.js";

const CNN = "grouped conv, relu, max pool, flatten, dense";

describe("attack", function () {
  for (const name of ["dense, relu, dense", CNN]) {
    it(`every forgery of "${name}" is refused by a constraint`, async () => {
      const target = await targetOf(`attack ${name}`, SMALL_MODELS[name](11));
      const { report } = await run(target, { seconds: 1 });
      for (const family of report.families)
        expect(family.holes, `${family.id} ${JSON.stringify(family.holes.slice(0, 3))}`).to.deep.equal([]);
      expect(report.found).to.equal(0);
      expect(report.tried).to.be.greaterThan(1000);
      for (const { tried, example } of report.families) if (tried > 0) expect(example?.by).to.be.a("string");
    });
  }

  it("every forgery of encrypted outputs is refused by a constraint, and other weights are tried on them", async () => {
    const target = await targetOf("attack encrypted", SMALL_MODELS["dense, relu, dense"](11), {
      outputMode: "encrypted",
    });
    const { report, of } = await run(target, { seconds: 1 });
    expect(report.families.flatMap(({ holes }) => holes)).to.deep.equal([]);
    for (const id of ["E1", "E4", "E6"]) expect(of(id).tried, id).to.be.greaterThan(0);
  });

  it("the attacks that are for a model's layers are made, and none is passed over in silence", async () => {
    const cnn = await run(await targetOf("attack_cnn", SMALL_MODELS[CNN](11), { output: "argmax" }));
    for (const id of ["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E11", "search"])
      expect(cnn.of(id).tried, id).to.be.greaterThan(0);
    expect(describeFamily(cnn.of("E9"))).to.equal("not tried: the model has no embedding");
    const embedding = await run(
      await targetOf("attack_embedding", SMALL_MODELS["embedding, gate, RMS norm, mean, pool"](11)),
      { ids: ["E9"] },
    );
    expect(embedding.of("E9").tried).to.be.greaterThan(100);
    const attention = await run(
      await targetOf(
        "attack_attention",
        SMALL_MODELS["embedding, attention with a mask, residual, layer norm"](11),
      ),
      { ids: ["E10", "E11"] },
    );
    expect(attention.of("E10").tried).to.be.greaterThan(20);
    expect(attention.of("E11").notes).to.deep.equal([]);
  });

  it("E6 says which other weights give no output for the sample", async () => {
    const shares = await targetOf("attack_shares", SMALL_MODELS["shares of a sum"](11));
    const { of } = await run(shares, { ids: ["E6"] });
    expect(of("E6").tried).to.be.greaterThan(0);
    expect(of("E6").holes).to.deep.equal([]);
    expect(of("E6").notes.join()).to.match(/gives no output for this sample \(\d+ is divided by -\d+\)/);
  });

  it("a wire that the circuit's text does not make is of no step, and said", async () => {
    const { circuit, r1cs } = await targetOf("attack_maker", SMALL_MODELS["dense, relu, dense"](11));
    const [known, unknown] = ["1,1,0,main.outputWords[0]", "2,2,0,main.elsewhere.out[0]"];
    expect(readSignals(known, circuit, r1cs).nameOf[1]).to.equal("output_0.out[0]");
    expect(() => readSignals(`${known}\n${unknown}`, circuit, r1cs)).to.throw(
      "has a wire elsewhere.out[0], and its text declares nothing of that name",
    );
  });

  describe("on a broken circuit", () => {
    let cnn: AttackTarget;
    let embedding: AttackTarget;
    before(async () => {
      cnn = await targetOf("attack_cnn", SMALL_MODELS[CNN](11), { output: "argmax" });
      embedding = await targetOf(
        "attack_embedding",
        SMALL_MODELS["embedding, gate, RMS norm, mean, pool"](11),
      );
    });
    const without = (target: AttackTarget, constraint: number): AttackTarget => ({
      ...target,
      r1cs: withoutConstraint(target.r1cs, constraint),
    });

    it("E1 finds inputs that the prover may choose, and an output that nothing holds", async () => {
      const { privateInputs } = cnn.r1cs;
      const weights = { ...cnn, r1cs: { ...cnn.r1cs, privateInputs: privateInputs + 10 } };
      const [hole] = (await run(weights, { ids: ["E1"] })).of("E1").holes;
      expect(hole.evidence).to.contain(`${privateInputs + 10} private inputs where ${privateInputs}`);
      const [word] = constraintsNaming(embedding, /^output_0\.out\[0\]$/);
      const { of } = await run(without(embedding, word), { ids: ["E1", "E6"] });
      expect(of("E1").holes.length).to.be.greaterThan(0);
      expect(of("E6").holes[0].what).to.contain("other weights");
    });

    it("E11 finds a width that is too small", async () => {
      const narrow = await targetOf("attack_narrow", SMALL_MODELS[CNN](11));
      const step = narrow.signals.steps.find(({ template }) => template === "RequantizeClampLayer")!;
      // Its `excessBits`: bits of how many ranges a value can be beside the kept one.
      const widths = new RegExp(`(component ${step.name} = .*)(\\[[\\d,]+\\])(?=, -?\\d+\\);)`);
      const main = narrow.main.replace(
        widths,
        (_, before: string, list: string) => before + list.replace(/\d+/g, "1"),
      );
      expect(main).not.to.equal(narrow.main);
      const { of } = await run({ ...narrow, main }, { ids: ["E11"] });
      expect(of("E11").holes[0].evidence).to.contain(step.name).and.contain("the circuit allows");
    });

    it("E12 finds a key that nobody contributed to, and a verifier that accepts all", async () => {
      const point: [string, string, string] = ["1", "2", "1"];
      const pair: [[string, string], [string, string], [string, string]] = [
        ["1", "2"],
        ["3", "4"],
        ["1", "0"],
      ];
      const count = cnn.r1cs.publicOutputs + cnn.r1cs.publicInputs;
      const verificationKey = {
        protocol: "groth16",
        curve: "bn128",
        nPublic: count,
        vk_alpha_1: point,
        vk_beta_2: pair,
        vk_gamma_2: pair,
        vk_delta_2: pair,
        IC: Array.from({ length: count + 1 }, (_, i): [string, string, string] => [`${i}`, "2", "1"]),
      } as const;
      const proof = { protocol: "groth16", curve: "bn128", pi_a: point, pi_b: pair, pi_c: point } as const;
      const signals = Array.from({ length: count }, (_, i) => String(i));
      const broken: AttackTarget = {
        ...cnn,
        key: {
          verificationKey: { ...verificationKey, IC: [...verificationKey.IC] },
          prove: () => Promise.resolve({ proof, publicSignals: signals }),
          verify: () => Promise.resolve(true),
        },
      };
      const trials = new Trials(broken);
      await key.run(broken, trials, { deadline: Infinity, now: () => 0, update: () => Promise.resolve() });
      const { holes } = trials.close(key);
      expect(holes.map(({ what }) => what)).to.include("gamma = delta: a setup that nobody contributed to");
      expect(holes.map(({ what }) => what)).to.include("public signal 0 + 1");
      expect(holes.map(({ what }) => what)).to.include("a proof made from a forged witness");
    });
  });
});
