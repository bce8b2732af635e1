import { expect } from "chai";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ZeroAddress } from "ethers";
import { jobIdOf } from "../../src/client/binding.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { saveJob } from "../../src/runtime/jobFiles.js";
import type { JobRecord } from "../../src/runtime/jobs.js";
import { MOST_BYTES, readJob } from "../../src/runtime/jobSchema.js";
import { FIELD_ORDER } from "../../src/groth16/field.js";
import { randomNumbers } from "../helpers/models.js";
import { temporaryFolder } from "../plugin/project.js";

const folder = temporaryFolder();
const file = join(folder, "job.json");
const word = (byte: string) => `0x${byte.repeat(32)}`;
const address = "0x00000000000000000000000000000000000000aa";

const record: JobRecord = {
  jobId: word("11"),
  model: "iris",
  chainId: 1n,
  escrow: address,
  job: {
    modelId: word("22"),
    inputCommitment: 12n,
    client: address,
    provider: ZeroAddress,
    token: ZeroAddress,
    amount: 10n ** 16n,
    bond: 0n,
    fundBy: 1_800_000_000n,
    fulfillBy: 1_800_000_000n,
    callback: ZeroAddress,
    callbackGas: 0n,
    salt: word("33"),
  },
  input: { integers: [[1, -2, 3], [4]], salt: 5n, commitment: 12n },
  answer: [1n, 2n],
  transactions: [{ purpose: "request", from: address, to: address, nonce: 3, hash: word("44"), block: 7 }],
  offer: "0x1234",
};

/** As the file spells it. */
const plain = (): Record<string, never> =>
  JSON.parse(JSON.stringify(record, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value)));

async function load(text: string): Promise<JobRecord | string> {
  writeFileSync(file, text);
  return readJob(file).catch((error: unknown) => {
    expect(error, `${(error as Error).stack} for ${text.slice(0, 300)}`).to.be.instanceOf(Torch2CircomError);
    expect((error as Torch2CircomError).code).to.equal("JOB_DAMAGED");
    expect((error as Torch2CircomError).problem.length).to.be.lessThan(500);
    return (error as Torch2CircomError).problem;
  });
}

/** The text with a value in the place of another. */
function withValue(path: readonly string[], value: unknown): string {
  const all = plain();
  let at: Record<string, unknown> = all;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1)!] = value;
  return JSON.stringify(all);
}

describe("A job's file", function () {
  it("is read as it was written", async () => {
    expect(
      await readJob(await saveJob({ jobsDir: folder, outDir: folder }, record, "replace")),
    ).to.deep.equal(record);
  });

  it("has numbers of their types, and nothing else, each refused by its place", async () => {
    const digits = "7".repeat(5_000_000);
    const cases: [string, unknown, string][] = [
      ["input.salt", digits, "decimal"],
      ["job.amount", digits, "decimal"],
      ["job.amount", (2n ** 256n).toString(), "256 bits"],
      ["job.amount", "-1", "decimal"],
      ["job.amount", "0x10", "decimal"],
      ["job.amount", "01", "decimal"],
      ["job.amount", 5, "string"],
      ["job.inputCommitment", FIELD_ORDER.toString(), "field element"],
      ["input.salt", FIELD_ORDER.toString(), "field element"],
      ["answer", [FIELD_ORDER.toString()], "field element"],
      ["answer", new Array(70_000).fill("1"), "too many words"],
      ["job.fulfillBy", (2n ** 64n).toString(), "64 bits"],
      ["job.callbackGas", (2n ** 32n).toString(), "32 bits"],
      ["chainId", (2n ** 64n).toString(), "64 bits"],
      ["job.salt", "0x12", "32 bytes"],
      ["jobId", "../../../etc/passwd", "32 bytes"],
      ["model", "../iris", "name of a model"],
      ["escrow", "0x12", "not an address"],
      ["escrow", "XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS", "not an address"],
      ["job.client", "a".repeat(5_000_000), "not an address"],
      ["input.integers", [[1.5]], "integers of an input"],
      ["input.integers", [[2 ** 60]], "integers of an input"],
      ["input.integers", [["1"]], "integers of an input"],
      ["input.integers", new Array(2000).fill([]), "integers of an input"],
      ["input.integers", { length: 1 }, "integers of an input"],
      ["transactions.0.hash", "0x12", "32 bytes"],
      ["transactions.0.purpose", "steal", "Invalid enum"],
      ["transactions.0.nonce", -1, "greater than or equal to 0"],
      ["proven", { payee: address, proof: {}, shown: [] }, "not a proof"],
      ["offer", "0x123", "signature"],
      ["offer", `0x${"00".repeat(9000)}`, "too long"],
      ["extra", 1, "extra"],
      ["job.extra", 1, "extra"],
      ["input.__proto", {}, "__proto"],
    ];
    for (const [path, value, words] of cases)
      expect(await load(withValue(path.split("."), value)), path).to.contain(words);
  });

  it("is not read beyond its bound, and is a file", async () => {
    writeFileSync(file, "");
    truncateSync(file, MOST_BYTES + 1);
    expect(await readJob(file).catch((error: Error) => error.message)).to.contain("more than");
    const nested = "[".repeat(2_000_000);
    expect(await load(nested)).to.contain("does not hold a job");
    expect(await load(`${nested}${"]".repeat(2_000_000)}`)).to.contain("does not hold a job");
    const directory = join(folder, "directory");
    mkdirSync(directory);
    expect(await readJob(directory).catch((error: Torch2CircomError) => error.code)).to.equal("JOB_DAMAGED");
  });

  it("is a job whose terms have an id, or is refused: whatever is put into it", async () => {
    const next = randomNumbers(7);
    const pick = <T>(values: readonly T[]): T =>
      values[Math.floor((next() * 0.5 + 0.5) * values.length) % values.length];
    const hostile: unknown[] = [
      null, true, 0, -1, 1e308, "", "0", "1", "-0", "9".repeat(78), "1".repeat(79), "0x", word("ff"), address,
      FIELD_ORDER.toString(), (FIELD_ORDER - 1n).toString(), "\u0000", [], {}, [[]], [[1]], [[null]], { length: 3 },
    ]; // prettier-ignore
    const places = ["jobId", "model", "chainId", "escrow", "answer", "offer", "job", "input"].map((key) => [
      key,
    ]);
    for (const key of Object.keys(record.job)) places.push(["job", key]);
    for (const key of Object.keys(record.input)) places.push(["input", key]);
    let taken = 0;
    for (let i = 0; i < 1000; i++) {
      let text = withValue(pick(places), pick(hostile));
      // A third of the files is damaged as text, too.
      if (i % 3 === 0) {
        const at = Math.floor((next() * 0.5 + 0.5) * text.length) % text.length;
        text = `${text.slice(0, at)}${pick(["", "9", '"', "}", "]", "\\u", "e9"])}${text.slice(at + 1)}`;
      }
      const loaded = await load(text);
      if (typeof loaded === "string") continue;
      taken++;
      expect(jobIdOf(loaded.job)).to.match(/^0x[0-9a-f]{64}$/);
      for (const one of [loaded.input.salt, loaded.job.inputCommitment])
        expect(one < FIELD_ORDER).to.equal(true);
    }
    expect(taken).to.be.greaterThan(20);
  });
});
