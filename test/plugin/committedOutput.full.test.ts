import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { FIXTURES, makeProject, refusalOf } from "./project.js";

const [CLIENT, PROVIDER] = [1, 2];
const samples = join(FIXTURES, "iris_mlp");

describe("a model with committed outputs", function () {
  let root: string;
  let hre: HardhatRuntimeEnvironment;
  /** What the model says of sample 3, built without commitment. */
  let expected: readonly unknown[];

  before(async () => {
    ({ root, hre } = await makeProject());
    const model = join(samples, "model.pt2");
    await hre.torch2circom.build({ model, samples, name: "open" });
    expected = (await hre.torch2circom.prove("open", { samples, index: 3 })).outputs;
    await hre.torch2circom.build({ model, samples, name: "iris", output: "committed" });
    await hre.torch2circom.deploy();
    await hre.torch2circom.register("iris", { account: PROVIDER });
  });

  it("is paid for one output signal; the client reads the answer from the file that it gets back", async () => {
    const { jobId, file } = await hre.torch2circom.request("iris", {
      samples,
      index: 3,
      amount: "0.01",
      account: CLIENT,
    });
    const asked = readFileSync(file, "utf8");
    const { outputs, answerFile } = await hre.torch2circom.fulfill(jobId, { account: PROVIDER });
    expect(outputs).to.deep.equal(expected);
    expect(answerFile).to.equal(file);
    const status = await hre.torch2circom.status(jobId);
    expect(status.outputWords).to.have.length(1);
    expect(status.outputs).to.deep.equal(expected);

    // The client, before the file comes back, and with one that holds another answer.
    const received = join(root, "received.json");
    writeFileSync(received, asked);
    expect((await hre.torch2circom.status(received)).outputs).to.equal(undefined);
    const job = JSON.parse(readFileSync(answerFile!, "utf8")) as { answer: string[] };
    job.answer[0] = String(BigInt(job.answer[0]) ^ 1n);
    writeFileSync(received, JSON.stringify(job));
    expect(await refusalOf(() => hre.torch2circom.status(received))).to.contain("not the one");
  });

  it("shows its answer off chain to who can open the commitment, and to nobody else", async () => {
    const proven = await hre.torch2circom.prove("iris", { samples, index: 3 });
    expect(proven.publicSignals).to.have.length(3);
    const { proof, publicSignals, opening } = proven;
    expect(await hre.torch2circom.verify("iris", proven)).to.deep.equal({ valid: true, outputs: expected });
    expect(await hre.torch2circom.verify("iris", { proof, publicSignals })).to.deep.equal({
      valid: true,
      outputs: undefined,
    });
    const lie = { ...opening!, words: opening!.words!.map((word) => String(BigInt(word) + 1n)) };
    expect(
      await refusalOf(() => hre.torch2circom.verify("iris", { proof, publicSignals, opening: lie })),
    ).to.contain("not the one");
  });

  it("holds against every attack", async () => {
    const report = await hre.torch2circom.attack("iris", { samples, seconds: 2 });
    expect(report.families.flatMap(({ holes }) => holes)).to.deep.equal([]);
    expect(report.families.find(({ id }) => id === "E1")!.tried).to.be.greaterThan(20);
    expect(report.families.find(({ id }) => id === "E6")!.tried).to.be.greaterThan(0);
  });
});
