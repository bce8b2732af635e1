import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { checkKey, type KeyVerification, VERIFICATION_STEPS } from "../../src/phase2/checkKey.js";
import { POINT_SECTIONS } from "../../src/phase2/keyPoints.js";
import { snarkjsVerify } from "../../src/phase2/snarkjsVerify.js";
import { verifyBoth } from "../../src/phase2/verifyBoth.js";
import { verifyKey } from "../../src/phase2/verifyKey.js";
import { expectNear } from "../helpers/near.js";
import { BREAKS, breakKey } from "./broken.js";
import { UNSEEN } from "./brokenContributions.js";
import { BEACON, type Keys, sharedKeys } from "./keys.js";
import { Sections } from "./zkey.js";

const refusals = ({ steps }: KeyVerification) => steps.filter(({ ok }) => !ok);

describe("the verifier of keys", function () {
  let folder: string;
  let keys: Keys;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "phase2-"));
    keys = await sharedKeys();
  });
  after(() => rm(folder, { recursive: true }));

  const check = (zkey: string, from: Partial<Keys> = {}): Promise<KeyVerification> => {
    const { r1cs, ptau } = { ...keys, ...from };
    return checkKey({ r1cs, ptau, zkey });
  };
  const written = async (bytes: Buffer, name = "changed.zkey"): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };

  it("accepts keys of a ceremony, with and without a beacon, in a process of its own", async () => {
    const fractions: number[] = [];
    const { r1cs, ptau, zkeys } = keys;
    const result = await verifyKey({
      ...{ r1cs, ptau, zkey: zkeys[3] },
      onProgress: (fraction) => fractions.push(fraction),
    });
    expect(result.steps).to.deep.equal(VERIFICATION_STEPS.map((name) => ({ name, ok: true })));
    expect(result.ok).to.equal(true);
    expect(fractions).to.deep.equal(fractions.toSorted((a, b) => a - b));
    expectNear(fractions.at(-1)!, 1, 0.01);
    expect(result.contributions?.map(({ type, name, beacon }) => ({ type, name, beacon }))).to.deep.equal([
      { type: "contribution", name: "first", beacon: undefined },
      { type: "contribution", name: "second", beacon: undefined },
      { type: "beacon", name: "beacon", beacon: BEACON },
    ]);
    for (const zkey of [zkeys[1], zkeys[2]]) expect((await check(zkey)).ok).to.equal(true);
  });

  it("lets snarkjs verify the same key, and says what each finds", async () => {
    const { r1cs, ptau, zkeys } = keys;
    const good = await verifyBoth({ r1cs, ptau, zkey: zkeys[1] });
    expect([good.ok, good.own.ok, good.snarkjs?.ok]).to.deep.equal([true, true, true]);
    const way = BREAKS.find(({ name }) => name === "a transcript changed")!;
    const zkey = await written(await breakKey(way, keys));
    expect(await snarkjsVerify({ initial: zkeys[0], ptau, zkey })).to.deep.equal({
      ok: false,
      log: ["INVALID(1): Inconsistent transcript "],
    });
  });

  it("does not let snarkjs read a key that would keep it for ever", async () => {
    const way = BREAKS.find(({ name }) => name === "a beacon with exponent 45")!;
    const { r1cs, ptau } = keys;
    const result = await verifyBoth({ r1cs, ptau, zkey: await written(await breakKey(way, keys)) });
    expect([result.ok, result.snarkjs]).to.deep.equal([false, undefined]);
  });

  describe("refuses a key with", () => {
    it("many ways", () => {
      expect(BREAKS.length).to.be.greaterThan(70);
      expect(new Set(BREAKS.map(({ name }) => name)).size).to.equal(BREAKS.length);
    });

    for (const way of BREAKS)
      it(way.name, async () => {
        const result = await check(await written(await breakKey(way, keys)));
        expect(result.ok).to.equal(false);
        const refused = refusals(result);
        const steps = [way.step].flat();
        const named = refused.filter(({ reason }) => !reason!.startsWith("not checked"));
        // Sections of points are named if they are wrong, and no others.
        if (POINT_SECTIONS.some((name) => steps.includes(name)))
          expect(named.map(({ name }) => name)).to.have.members(steps);
        else expect(named.map(({ name }) => name)).to.include.members(steps);
        for (const { name, reason } of refused)
          if (way.reason && steps.includes(name)) expect(reason).to.match(way.reason);
      });
  });

  for (const way of UNSEEN)
    it(`cannot see ${way.name}`, async () => {
      expect((await check(await written(await breakKey(way, keys)))).ok).to.equal(true);
    });

  it("refuses a good key for another circuit, or of other powers of tau", async () => {
    const [, zkey] = keys.zkeys;
    const ofCircuit = refusals(await check(zkey, { r1cs: keys.otherR1cs })).map(({ name }) => name);
    expect(ofCircuit).to.deep.equal(["coefficients"]);
    const ofPowers = refusals(await check(zkey, { ptau: keys.largerPtau })).map(({ name }) => name);
    expect(ofPowers).to.deep.equal(["header"]);
  });

  it("refuses powers of tau that are not in form, off the curve, or of known secrets", async () => {
    const changed = async (change: (sections: Sections) => void): Promise<KeyVerification> => {
      const sections = Sections.read(keys.ptau);
      change(sections);
      return check(keys.zkeys[1], { ptau: await written(sections.bytes(), "changed.ptau") });
    };
    const cases: [RegExp, (sections: Sections) => void][] = [
      [/tau: point 9 is not on the curve/, (s) => (s.get(2)[64 * 9 + 3] ^= 1)],
      [/tau is 1/, (s) => s.get(2).copy(s.get(2), 64, 0, 64)],
      [/alpha is 1/, (s) => s.get(2).copy(s.get(4), 0, 0, 64)],
      [/beta is 1/, (s) => s.get(2).copy(s.get(5), 0, 0, 64)],
      [/beta in G2 is not in the subgroup/, (s) => (s.get(6)[3] ^= 1)],
      [/not the generator of G1/, (s) => s.get(4).copy(s.get(2), 0, 0, 64)],
      [/length of section 2/, (s) => s.map.set(2, s.get(2).subarray(64))],
      [/section 6 is missing/, (s) => s.map.delete(6)],
      [/power 5 is too small/, (s) => s.get(1).writeUInt32LE(5, 36)],
    ];
    for (const [reason, change] of cases) {
      const [refused] = refusals(await changed(change));
      expect(refused.name).to.equal("powers of tau");
      expect(refused.reason).to.match(reason);
    }
  });

  it("throws for files that cannot be read", async () => {
    for (const zkey of [join(folder, "none.zkey"), folder]) {
      const error: unknown = await check(zkey).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Torch2CircomError);
      expect((error as Torch2CircomError).code).to.equal("FILE_NOT_READABLE");
    }
    const error: unknown = await check(keys.zkeys[1], { r1cs: keys.zkeys[1] }).catch((e: unknown) => e);
    expect((error as Torch2CircomError).code).to.equal("BUILD_DAMAGED");
  });
});
