import { expect } from "chai";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkWitness } from "../../src/circom/r1cs.js";
import { calibrationCircuit } from "../../src/forecast/calibrationCircuit.js";
import { describeBytes, obstaclesOf, requireFit } from "../../src/forecast/fit.js";
import { durationsOf, forecastOf } from "../../src/forecast/forecast.js";
import { fulfillGas, jobGas, settlingGas } from "../../src/forecast/gas.js";
import { domainPower, keyBytes } from "../../src/forecast/keySize.js";
import { requireLinkable, requireRoom } from "../../src/forecast/needs.js";
import type { Rates } from "../../src/forecast/rates.js";
import { knownSpeed, measuredSpeed } from "../../src/forecast/speed.js";
import { writeDevelopmentKey } from "../../src/groth16/developmentSetup.js";
import type { SystemSize } from "../../src/link/size.js";
import { refusalOf } from "../plugin/project.js";

/** LeNet-5. */
const LENET: SystemSize = {
  ...{ wires: 123_757, publicOutputs: 2, publicInputs: 1, privateInputs: 785 },
  ...{ nonlinear: 122_139, linear: 8_123 },
  terms: { a: 404_622, b: 262_625, c: 412_432 },
  wiresOf: { a: 123_090, b: 123_713 },
};

const RATES: Rates = {
  startSeconds: 0,
  keyStartSeconds: 0,
  fieldSeconds: 0,
  sumSeconds: { G1: 0, G2: 0 },
  snarkjs: { start: 0, perUnit: 0 },
};

const seconds = (rates: Partial<Rates>, cores = 2, size = LENET) =>
  durationsOf(size, { rates: { ...RATES, ...rates }, cores });

const folder = mkdtempSync(join(tmpdir(), "torch2circom-forecast-"));
after(() => rmSync(folder, { recursive: true }));

describe("the forecast of a build", () => {
  it("has the size of the key to the byte", async () => {
    expect(keyBytes(LENET)).to.equal(77_350_760);
    // 54 and 63 rows beside a public signal and the constant: below and above a power of two.
    for (const bits of [16, 48, 56, 64]) {
      const { r1cs, size } = calibrationCircuit(bits);
      const path = join(folder, "key.zkey");
      await writeDevelopmentKey(r1cs, path);
      expect(keyBytes(size), `${bits} bits`).to.equal(statSync(path).size);
    }
  });

  it("knows the domain of a proof at each power of two", () => {
    const rows = (nonlinear: number) =>
      domainPower({ nonlinear, linear: 0, publicOutputs: 2, publicInputs: 1 });
    expect([1020, 1021, 2044, 2045].map(rows)).to.deep.equal([10, 11, 11, 12]);
    expect(forecastOf(LENET, 2).powersOfTau).to.deep.equal({
      power: 17,
      file: "powersOfTau28_hez_final_17.ptau",
    });
    const { r1cs, size } = calibrationCircuit(16);
    expect(r1cs.constraints).to.equal(18);
    expect(forecastOf(size, 2).powersOfTau.file).to.equal("powersOfTau28_hez_final_08.ptau");
  });

  it("is calibrated on a system whose size it knows", () => {
    const { r1cs, size, witness } = calibrationCircuit(64);
    expect(checkWitness(r1cs, witness)).to.equal(-1);
    expect(new Set(witness.slice(9)).size).to.equal(2);
    expect(size.terms.a + size.terms.b + size.terms.c).to.equal(r1cs.wires.length);
    const wiresIn = (side: number) => {
      const found = new Set<number>();
      for (let row = 0; row < r1cs.constraints; row++)
        for (let t = r1cs.starts[3 * row + side]; t < r1cs.starts[3 * row + side + 1]; t++)
          found.add(r1cs.wires[t]);
      return found.size;
    };
    expect(size.wiresOf).to.deep.equal({ a: wiresIn(0), b: wiresIn(1) });
  });

  it("adds up what a key takes, and shares points among the cores", () => {
    const start = seconds({ keyStartSeconds: 2, startSeconds: 0.5 }, 4).key;
    expect(start).to.deep.equal({ cpuSeconds: 2 + 3 * 0.5, seconds: 2.5 });
    // 2 operations a term, 5 a wire, 20 a row of the domain.
    const operations = 2 * (404_622 + 262_625 + 412_432) + 5 * 123_757 + 20 * 2 ** 17;
    expect(seconds({ fieldSeconds: 1 }).key).to.deep.equal({ cpuSeconds: operations, seconds: operations });
    const points = seconds({ sumSeconds: { G1: 1, G2: 0 } }).key;
    expect(points.seconds).to.equal(points.cpuSeconds / 2);
    const small = seconds({ keyStartSeconds: 2, startSeconds: 0.5 }, 4, calibrationCircuit(16).size).key;
    expect(small).to.deep.equal({ cpuSeconds: 2, seconds: 2 });
  });

  it("says how long a proof takes, with rapidsnark where it is there", () => {
    const { proof } = seconds({ snarkjs: { start: 1, perUnit: 0.25 } });
    expect(proof.rapidsnark).to.equal(undefined);
    const work = (2 ** 17 + 123_757 + (404_622 + 262_625) / 8) / 17 / 4;
    expect(proof.snarkjs).to.deep.equal({ cpuSeconds: 1 + work, seconds: 1 + work / 2 });
    expect(seconds({ rapidsnark: { start: 3, perUnit: 0 } }).proof.rapidsnark!.seconds).to.equal(3);
  });

  it("measures a machine once, and keeps that", async () => {
    expect(await knownSpeed(folder)).to.equal(undefined);
    const { rates, cores } = await measuredSpeed("cache");
    expect(cores).to.be.greaterThan(0);
    expect(await knownSpeed("cache")).to.deep.equal({ rates, cores });
    const { rapidsnark, sumSeconds, snarkjs, ...single } = rates;
    expect(rapidsnark).to.equal(undefined);
    for (const rate of [...Object.values(single), ...Object.values(sumSeconds), ...Object.values(snarkjs)])
      expect(rate).to.be.greaterThan(0);
  });

  it("counts the gas of public signals", () => {
    expect(fulfillGas(3)).to.equal(257_333);
    expect(fulfillGas(13) - fulfillGas(3)).to.equal(66_500);
  });

  it("expects of a job about what was measured", async () => {
    const measured = JSON.parse(await readFile("gas/contracts.json", "utf8")) as Record<string, number>;
    const isNear = (gas: bigint, expected: number, name: string) =>
      expect(Math.abs(Number(gas) / expected - 1), name).to.be.lessThan(0.02);
    isNear(settlingGas(3), measured.fulfill, "alone");
    for (const jobs of [8, 32])
      isNear(settlingGas(3, { jobs }), measured[`fulfillMany of ${jobs}, per job`], `one of ${jobs}`);
    for (const segments of [2, 4, 8])
      isNear(settlingGas(3, { segments }), measured[`fulfillPipeline, ${segments} segments`], `${segments}`);
    isNear(jobGas(3), measured["request, EIP-3009"] + measured.fulfill, "with its payment");
    expect(settlingGas(3, { jobs: 8, callbackGas: 5n }) - settlingGas(3, { jobs: 8 })).to.equal(5n);
  });
});

describe("a build that does not fit", () => {
  const need = { rows: 1_000_000, memory: 4e9, heap: 1e9, disk: 5e8 };
  const machine = { memory: 4e9, heap: 1e9, disk: 5e8 };

  it("is refused with all that lacks, and what would fit", async () => {
    expect(obstaclesOf(need, machine)).to.deep.equal([]);
    const refuse = (left: Partial<typeof machine>) =>
      refusalOf(async () => requireFit(need, { ...machine, ...left }));
    expect(await refuse({ memory: 1e9 })).to.match(
      /4.0 GB more memory, and 1.0 GB are available.*about 250,000 rows would fit/s,
    );
    expect(await refuse({ heap: 9e8 })).to.match(/--max-old-space-size=1908.*about 900,000 rows/s);
    expect(await refuse({ disk: 1e8 })).to.match(/Free 400 MB.*about 200,000 rows.*--anyway/s);
    const all = await refuse({ memory: 0, heap: 0, disk: 0 });
    expect(all).to.match(/memory.*heap.*disk/s);
  });

  it("is refused before it is written, unless it is to go on anyway", async () => {
    const huge = { ...LENET, wires: 2 ** 40 };
    expect(await refusalOf(() => requireRoom(huge, join(folder, "not", "there"), false))).to.contain(
      "more memory",
    );
    await requireRoom(huge, folder, true);
    await requireRoom(calibrationCircuit(16).size, folder, false);
  });

  it("is refused by its rows before it is linked", async () => {
    const domain = (power: number) => ({ rows: 2 ** power, power, rowsToHalf: 1 });
    expect(await refusalOf(() => requireLinkable(domain(28), "cache", true))).to.contain(
      "more than the 2^27",
    );
    expect(await refusalOf(() => requireLinkable(domain(27), "cache", false))).to.contain("rows would fit");
    await requireLinkable(domain(27), "cache", true);
    await requireLinkable(domain(10), "cache", false);
  });

  it("is told in bytes that people read", () => {
    expect([999, 58e6, 1.23e9].map(describeBytes)).to.deep.equal(["1 kB", "58 MB", "1.2 GB"]);
  });
});
