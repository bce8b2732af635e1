import { expect } from "chai";
import { id, type Result, ZeroAddress, ZeroHash } from "ethers";
import {
  AMOUNT,
  deploy,
  ethers,
  fulfill,
  type Job,
  makeJob,
  networkHelpers,
  request,
  SALT,
  type System,
  X,
} from "./helpers/escrow.js";
import { evaluate } from "./helpers/fixture.js";

/** The fixture's output 55 as a packed 16-bit score from -100 on. */
const SCORE = { count: 1, width: 16, perWord: 15, start: 0, offset: -100 };

describe("InferenceConsumer", () => {
  const load = () => networkHelpers.loadFixture(deploy);

  /** A job that the consumer requested, in native tokens. */
  async function ask(system: System, changes: Partial<Job> = {}) {
    const consumer = await ethers.deployContract("TestConsumer", [system.escrow]);
    const address = await consumer.getAddress();
    const job = {
      ...(await makeJob(system, { callbackGas: 100_000n, ...changes })),
      client: address,
      callback: address,
    };
    if (job.token !== ZeroAddress) await system.token.mint(consumer, AMOUNT);
    await consumer.ask(job, { value: job.token === ZeroAddress ? AMOUNT : 0n });
    return { consumer, job, jobId: await system.escrow.hashJob(job) };
  }

  for (const asset of ["coins", "tokens"]) {
    it(`requests in ${asset} and uses the result once`, async () => {
      const system = await load();
      const token = asset === "coins" ? ZeroAddress : await system.token.getAddress();
      const { consumer, job, jobId } = await ask(system, { token });
      expect(await consumer.isPending(jobId)).to.equal(true);
      await fulfill(system, job);
      expect(await consumer.result()).to.equal(55n);
      expect(await consumer.isPending(jobId)).to.equal(false);
      await expect(consumer.claimResult(jobId, [55n]))
        .to.be.revertedWithCustomError(consumer, "NotPending")
        .withArgs(jobId);
    });
  }

  it("forged callback: believes the escrow only", async () => {
    const system = await load();
    const { consumer, jobId } = await ask(system);
    await expect(consumer.connect(system.other).onInference(jobId, [1n]))
      .to.be.revertedWithCustomError(consumer, "NotEscrow")
      .withArgs(system.other);
  });

  it("forged callback: does not use others' jobs that name it", async () => {
    const system = await load();
    const { consumer } = await ask(system);
    const callback = await consumer.getAddress();
    const job = await makeJob(system, { callback, callbackGas: 100_000n, salt: id("foreign") });
    await request(system, job);
    await expect(fulfill(system, job))
      .to.emit(system.escrow, "CallbackFailed")
      .withArgs(await system.escrow.hashJob(job), callback);
    expect(await consumer.result()).to.equal(0n);
  });

  it("a result whose callback failed can be brought by anyone", async () => {
    const system = await load();
    const { consumer, job, jobId } = await ask(system, { callbackGas: 1n });
    await expect(consumer.claimResult(jobId, [55n]))
      .to.be.revertedWithCustomError(consumer, "NotResult")
      .withArgs(jobId);
    await expect(fulfill(system, job)).to.emit(system.escrow, "CallbackFailed");
    await expect(consumer.claimResult(jobId, [56n])).to.be.revertedWithCustomError(consumer, "NotResult");
    await consumer.connect(system.other).claimResult(jobId, [55n]);
    expect(await consumer.result()).to.equal(55n);
  });
});

describe("CreditDesk", () => {
  const LIMIT = 10n ** 18n;
  const { inputCommitment } = evaluate(X, SALT);

  async function open(threshold: bigint) {
    const system = await networkHelpers.loadFixture(deploy);
    const { escrow, modelId, other: bureau, deployer } = system;
    const policy = { modelId, score: SCORE, threshold, limit: LIMIT, bureau: bureau.address };
    const desk = await ethers.deployContract("CreditDesk", [escrow, policy]);
    await deployer.sendTransaction({ to: desk, value: 3n * LIMIT });
    return { ...system, bureau, desk };
  }

  type Desk = Awaited<ReturnType<typeof open>>;

  async function report({ bureau, desk, client }: Desk, commitment = inputCommitment): Promise<string> {
    const { chainId } = await ethers.provider.getNetwork();
    const domain = { name: "CreditDesk", version: "1", chainId, verifyingContract: await desk.getAddress() };
    const types = {
      Report: [
        { name: "applicant", type: "address" },
        { name: "inputCommitment", type: "uint256" },
      ],
    };
    return bureau.signTypedData(domain, types, { applicant: client.address, inputCommitment: commitment });
  }

  /** The client applies; gives the job that the desk requested. */
  async function apply(system: Desk): Promise<Job> {
    const { desk, client, escrow } = system;
    const sent = await desk
      .connect(client)
      .applyFor(inputCommitment, await report(system), { value: AMOUNT });
    const [event] = await escrow.queryFilter(escrow.filters.Requested, (await sent.wait())!.blockNumber);
    const { job } = escrow.interface.decodeEventLog("Requested", event.data, event.topics) as unknown as {
      job: Result;
    };
    return job.toObject() as Job;
  }

  it("lends to whom the proven score reaches the threshold", async () => {
    const system = await open(-45n);
    const { desk, client } = system;
    await expect(fulfill(system, await apply(system)))
      .to.emit(desk, "Scored")
      .withArgs(client, -45n, LIMIT);
    await expect(desk.connect(client).borrow(LIMIT)).to.changeEtherBalances(
      ethers,
      [desk, client],
      [-LIMIT, LIMIT],
    );
    await expect(desk.connect(client).borrow(1n))
      .to.be.revertedWithCustomError(desk, "CreditExceeded")
      .withArgs(0n);
  });

  it("lends nothing below the threshold", async () => {
    const system = await open(-44n);
    const { desk, client } = system;
    await fulfill(system, await apply(system));
    await expect(desk.connect(client).borrow(1n)).to.be.revertedWithCustomError(desk, "CreditExceeded");
  });

  it("counts the first score only", async () => {
    const system = await open(-45n);
    const { desk, client } = system;
    const jobs = [await apply(system), await apply(system)];
    await fulfill(system, jobs[0]);
    await desk.connect(client).borrow(LIMIT);
    await expect(fulfill(system, jobs[1])).not.to.emit(desk, "Scored");
    expect(await desk.creditOf(client)).to.equal(0n);
  });

  it("asks anyone for the score, now, within a day, with gas for the callback", async () => {
    const system = await open(0n);
    const job = await apply(system);
    const now = BigInt(await networkHelpers.time.latest());
    expect(job).to.deep.include({
      modelId: system.modelId,
      inputCommitment,
      client: await system.desk.getAddress(),
      provider: ZeroAddress,
      amount: AMOUNT,
      bond: 0n,
      fundBy: now,
      fulfillBy: now + 86_400n,
      callback: await system.desk.getAddress(),
      callbackGas: 100_000n,
    });
  });

  it("takes data that the bureau attests for the applicant only", async () => {
    const system = await open(0n);
    const { desk, client, worker } = system;
    const signature = await report(system);
    for (const [sender, commitment] of [
      [client, inputCommitment + 1n],
      [worker, inputCommitment],
    ] as const) {
      await expect(desk.connect(sender).applyFor(commitment, signature, { value: AMOUNT }))
        .to.be.revertedWithCustomError(desk, "InvalidReport")
        .withArgs(sender);
    }
  });

  it("returns the payment of a refunded job, once", async () => {
    const system = await open(0n);
    const { desk, client, escrow, worker } = system;
    const job = await apply(system);
    const jobId = await escrow.hashJob(job);
    const refusal = () =>
      expect(desk.returnPayment(job)).to.be.revertedWithCustomError(desk, "NothingToReturn");
    await refusal();
    await networkHelpers.time.increaseTo(BigInt(job.fulfillBy) + 1n);
    await escrow.refund(job);
    await expect(desk.connect(worker).returnPayment(job)).to.changeEtherBalances(
      ethers,
      [escrow, client],
      [-AMOUNT, AMOUNT],
    );
    await refusal();
    expect(await desk.applicantOf(jobId)).to.equal(ZeroAddress);
    expect(job.salt).not.to.equal(ZeroHash);
  });
});
