import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { checkNewContribution } from "../../src/phase2/checkNewContribution.js";
import { readContributions } from "../../src/phase2/readContributions.js";
import { verifyNewContribution } from "../../src/phase2/verifyNewContribution.js";
import { BREAKS, breakKey } from "./broken.js";
import { type Keys, sharedKeys } from "./keys.js";
import { contributeWith, fullCurve, Sections } from "./zkey.js";

describe("contributions", function () {
  let folder: string;
  let keys: Keys;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "phase2-"));
    keys = await sharedKeys();
  });
  after(() => rm(folder, { recursive: true }));

  const written = async (bytes: Buffer): Promise<string> => {
    await writeFile(join(folder, "changed.zkey"), bytes);
    return join(folder, "changed.zkey");
  };
  const refusal = async (run: Promise<unknown>): Promise<string> => {
    const error: unknown = await run.then(
      () => "accepted",
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Torch2CircomError);
    expect((error as Torch2CircomError).code).to.equal("KEY_INVALID");
    return (error as Torch2CircomError).problem;
  };

  it("are read, with the hashes that snarkjs prints", () => {
    const all = readContributions(keys.zkeys[3]);
    expect(all.contributions.map(({ hash }) => hash.length)).to.deep.equal([128, 128, 128]);
    const earlier = readContributions(keys.zkeys[2]);
    expect(earlier.circuitHash).to.equal(all.circuitHash);
    expect(earlier.contributions).to.deep.equal(all.contributions.slice(0, 2));
    expect(readContributions(keys.zkeys[0]).contributions).to.deep.equal([]);
  });

  it("can be read of any bytes: they are refused, or in form", async () => {
    const good = Sections.read(keys.zkeys[3]).bytes();
    const change = fc.record({ at: fc.nat(good.length - 1), value: fc.nat(255) });
    // Headers of sections and contributions are few of the bytes, and most of what is parsed.
    const early = fc.record({ at: fc.nat(800), value: fc.nat(255) });
    const late = fc.record({
      at: fc.integer({ min: good.length - 1600, max: good.length - 1 }),
      value: fc.nat(255),
    });
    const path = join(folder, "fuzzed.zkey");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(change, early, late), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(good.length)),
        async (changes, end) => {
          const bytes = Buffer.from(good);
          for (const { at, value } of changes) bytes[at] = value;
          await writeFile(path, end === null ? bytes : bytes.subarray(0, end));
          try {
            expect(readContributions(path).contributions.length).to.equal(3);
          } catch (error) {
            expect(error).to.be.instanceOf(Torch2CircomError);
            expect((error as Torch2CircomError).code).to.equal("KEY_INVALID");
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  describe("that are new", () => {
    const check = (after: string, before = keys.zkeys[1], initial = keys.zkeys[0]) =>
      checkNewContribution({ initial, before, after });

    it("are accepted, in a process of its own", async () => {
      const [initial, before, after] = keys.zkeys;
      const contribution = await verifyNewContribution({ initial, before, after });
      expect(contribution).to.deep.equal(readContributions(after).contributions[1]);
      expect(await check(before, initial)).to.deep.equal(
        contribution && readContributions(before).contributions[0],
      );
    });

    it("are refused if there is none, more than one, or a beacon", async () => {
      const [initial, first, second, beacon] = keys.zkeys;
      expect(await refusal(check(first, first))).to.contain("not the one that follows 1");
      expect(await refusal(check(second, initial))).to.contain("has 2 contributions");
      expect(await refusal(check(first, second))).to.contain("not the one that follows 2");
      expect(await refusal(check(beacon, second))).to.contain("it is a beacon");
    });

    it("are refused if they follow from another key, or another ceremony", async () => {
      const other = Sections.read(keys.zkeys[0]);
      await contributeWith(other, 7n);
      const fork = join(folder, "fork.zkey");
      await writeFile(fork, other.bytes());
      expect(await refusal(check(keys.zkeys[2], fork))).to.contain(
        "does not follow from the ceremony's last key",
      );
      const foreign = Sections.read(keys.zkeys[2]);
      foreign.get(10)[3] ^= 1;
      expect(await refusal(check(await written(foreign.bytes())))).to.contain("another ceremony");
    });

    it("are refused with a secret of 1 or -1", async () => {
      const { r } = await fullCurve();
      for (const secret of [1n, r - 1n]) {
        const sections = Sections.read(keys.zkeys[0]);
        await contributeWith(sections, secret);
        const message = await refusal(check(await written(sections.bytes()), keys.zkeys[0]));
        expect(message).to.contain("secret is 1 or -1");
      }
    });

    it("are refused with whatever else was changed in the key", async () => {
      const [, , after] = keys.zkeys;
      const changes: [RegExp, (sections: Sections) => unknown][] = [
        [/IC differs/, (s) => (s.get(3)[70] ^= 1)],
        [/coefficients differs/, (s) => (s.get(4)[20] ^= 1)],
        [/A differs/, (s) => (s.get(5)[70] ^= 1)],
        [/B1 differs/, (s) => (s.get(6)[70] ^= 1)],
        [/B2 differs/, (s) => (s.get(7)[70] ^= 1)],
        [/header: it differs/, (s) => (s.get(2)[90] ^= 1)],
        [/C: point 2 is not on the curve/, (s) => (s.get(8)[64 * 2 + 3] ^= 1)],
        [/H: point 2 is not on the curve/, (s) => (s.get(9)[64 * 2 + 3] ^= 1)],
        [/C: not that of the initial key/, (s) => s.get(8).copy(s.get(8), 0, 64, 128)],
        [/H: not that of the initial key/, (s) => s.get(9).copy(s.get(9), 0, 64, 128)],
        [/C: not that of the initial key/, (s) => s.map.set(8, Sections.read(keys.zkeys[1]).get(8))],
        [/delta1 is not/, (s) => Sections.read(keys.zkeys[1]).get(2).copy(s.get(2), 468, 468, 532)],
      ];
      for (const [reason, change] of changes) {
        const sections = Sections.read(after);
        change(sections);
        expect(await refusal(check(await written(sections.bytes())))).to.match(reason);
      }
      const way = BREAKS.find(({ name }) => name === "appended bytes")!;
      expect(await refusal(check(await written(await breakKey(way, keys))))).to.contain("5 bytes follow");
    });
  });
});
