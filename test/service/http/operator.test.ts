import { expect } from "chai";
import { requestInference } from "../../../src/client/index.js";
import { jobHistory } from "../../../src/client/jobHistory.js";
import { unitOf } from "../../../src/client/unit.js";
import { JobHistories } from "../../../src/service/chain/jobHistories.js";
import { refusalOf } from "../../plugin/project.js";
import { contractsAt } from "../../../src/client/contracts.js";
import { httpServer, type HttpOptions } from "../../../src/service/http/server.js";
import { failed, openAttempt } from "../../../src/service/provers/attempts.js";
import { Presence } from "../../../src/service/provers/presence.js";
import type { OperatorOut } from "../../../src/service/http/operatorSchemas.js";
import type { JobChainOut } from "../../../src/service/http/chainSchemas.js";
import { TestShop } from "../orders/testShop.js";
import { JsonRpcProvider } from "ethers";

const TOKEN = "0123456789abcdef0123456789abcdef";

describe("what a service tells its operator, and anybody of a job", function () {
  this.timeout(300_000);
  let test: TestShop;

  before(async () => {
    test = await TestShop.open();
    await test.database.query("insert into offered values ($1, $2)", [test.build.model, test.build.build]);
  });
  after(() => test.close());

  const ask = async (
    url: string,
    headers: Record<string, string> = {},
    options: HttpOptions = { operatorToken: TOKEN },
  ) => {
    const server = await httpServer(test.service(), options);
    const reply = await server.inject({ url, headers });
    await server.close();
    return reply;
  };
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const operator = async () => (await ask("/operator/state", bearer)).json<OperatorOut>();

  it("is for the operator's token alone, also on this machine", async () => {
    expect((await ask("/operator/state", bearer, {})).statusCode).to.equal(404);
    expect((await ask("/operator/state")).statusCode).to.equal(401);
    expect((await ask("/operator/state", { authorization: `Bearer ${TOKEN}0` })).statusCode).to.equal(401);
    expect((await ask("/operator/state", bearer)).statusCode).to.equal(200);
  });

  it("lets nobody guess the token faster than others may ask", async () => {
    const server = await httpServer(test.service(), { operatorToken: TOKEN, perMinute: 3 });
    const guess = () => server.inject({ url: "/operator/state", headers: { authorization: "Bearer 0" } });
    const answers = [await guess(), await guess(), await guess(), await guess()];
    await server.close();
    expect(answers.map(({ statusCode }) => statusCode)).to.deep.equal([401, 401, 401, 429]);
    for (const { headers } of answers) expect(headers["cache-control"]).to.equal("no-store");
  });

  it("names queue, provers and what failed, with the reason", async () => {
    const { database, queue, build, shop } = test;
    const quote = await test.quote();
    await test.pay(quote);
    await test.finalize();
    await test.follow();
    expect(await operator()).to.deep.include({
      queues: [
        {
          ...{ model: "iris", waiting: 1, proving: 0, settling: 0, seconds: 10 },
          oldest: await fundedAt(quote.jobId),
        },
      ],
      provers: [],
      amounts: [
        {
          ...{ token: quote.job.token, symbol: "TEST", decimals: 18 },
          earned: "0",
          open: String(quote.job.amount),
          atRisk: String(quote.job.amount),
        },
      ],
    });
    const presence = await Presence.enter(database, [build]);
    const delivery = (await queue.take([build]))!;
    const job = { id: quote.jobId, build: build.build };
    const attempt = (await database.transaction((sql) => openAttempt(sql, job, presence.id, delivery)))!;
    const working = await operator();
    expect(working.queues[0]).to.include({ waiting: 0, proving: 1 });
    expect(working.provers[0]).to.deep.include({
      isAlive: true,
      models: ["iris"],
      job: quote.jobId,
      pid: process.pid,
    });
    const problem = { code: "PROVER_FAILED", problem: "it broke" } as const;
    await database.transaction((sql) => failed(sql, queue, attempt, problem));
    await presence.stop();
    const over = await operator();
    expect(over.failures.attempts[0]).to.include({
      ...{ job: quote.jobId, model: "iris", outcome: "failed", reason: "PROVER_FAILED: it broke" },
    });
    expect(over.balance).to.equal(String(await test.client.provider!.getBalance(shop.provider)));
    // Neither the input nor the salt, which the row has.
    expect(JSON.stringify(over)).to.not.match(new RegExp(`${quote.input.salt}|integers|salt|ticket`));
  });

  const fundedAt = async (id: string) => {
    const [{ at }] = await test.database.query<{ at: Date }>(
      "select at from job_event where job = $1 and state = 'funded'",
      [id],
    );
    return at.toISOString();
  };

  it("reads no long answer of a stranger's token", async () => {
    const token = `0x${"a1".repeat(20)}`;
    await test.devnet.anvil.send("anvil_setCode", token, TALKATIVE);
    expect((await test.client.call({ to: token })).length).to.be.greaterThan(10_000);
    expect(await unitOf(test.client, token)).to.deep.equal({});
  });

  it("tells of a job what the chain does, to anybody, with bounded questions", async () => {
    const { shop, client, devnet } = test;
    const [{ id: modelId }] = shop.models;
    const terms = { modelId, inputCommitment: 5n, amount: 1000n };
    const { jobId, job } = await requestInference(shop.contracts, client, terms);
    const reply = await ask(`/jobs/${jobId}/chain`);
    expect(reply.headers["cache-control"]).to.equal("no-store");
    const told = reply.json<JobChainOut>();
    expect(told).to.deep.include({
      jobId,
      status: "funded",
      escrow: shop.escrow,
      chainId: "31337",
      unit: { decimals: 18 },
    });
    expect(told.job).to.deep.include({ amount: "1000", client: job.client });
    const receipt = (await client.provider!.getTransactionReceipt(told.requested!.transaction))!;
    expect(told.requested).to.include({
      block: receipt.blockNumber,
      gasUsed: String(receipt.gasUsed),
      jobs: 1,
    });
    const none = (await ask(`/jobs/0x${"12".repeat(32)}/chain`)).json<JobChainOut>();
    expect(none.status).to.equal("none");
    expect(none).to.not.have.any.keys("job", "requested");
    expect((await ask("/jobs/0x12/chain")).statusCode).to.equal(400);

    await devnet.anvil.send("anvil_mine", "0x100");
    const node = new LimitedNode(devnet.anvil.url, 10);
    const { registry, escrow } = shop.contracts;
    const addresses = { registry: await registry.getAddress(), escrow: await escrow.getAddress() };
    const contracts = await contractsAt(addresses, node);
    const whole = await jobHistory(contracts, jobId);
    expect(whole.requested?.block).to.equal(receipt.blockNumber);
    // What is known is looked up, and searched no more.
    node.asked = 0;
    expect((await jobHistory(contracts, jobId, { known: whole })).requested).to.deep.equal(whole.requested);
    expect(node.asked).to.equal(1);
    expect(node.receipts).to.equal(1);
    node.asked = 0;
    const part = await jobHistory(contracts, jobId, { mostRanges: 15 });
    expect(part).to.deep.include({ status: "funded" });
    expect(part).to.not.have.any.keys("job", "requested");
    expect(node.asked).to.equal(15);
    // What that has not found is not looked for again.
    node.asked = 0;
    expect(await jobHistory(contracts, jobId, { mostRanges: 15, known: part })).to.deep.equal(part);
    expect(node.asked).to.be.below(10);
    // All together ask the node so often in a minute.
    const histories = new JobHistories(contracts, 120);
    expect((await histories.read(jobId)).requested?.block).to.equal(receipt.blockNumber);
    expect(await refusalOf(async () => histories.read(`0x${"34".repeat(32)}`))).to.contain("Many ask");
    node.destroy();
  });
});

/** A contract that answers anything with a text of 5,000 characters, the first of which are A. */
const TALKATIVE = `0x60206000526113886020527f${"41".repeat(32)}6040526113e06000f3`;

/** A node that tells the logs of some blocks at once, and no more. */
class LimitedNode extends JsonRpcProvider {
  asked = 0;
  receipts = 0;

  constructor(
    url: string,
    private readonly most: number,
  ) {
    super(url, undefined, { cacheTimeout: -1, batchMaxCount: 1 });
  }

  override async send(method: string, params: unknown[]): Promise<unknown> {
    if (method === "eth_getTransactionReceipt") this.receipts++;
    const [{ blockHash } = {}] = params as { blockHash?: string }[];
    if (method === "eth_getLogs" && blockHash === undefined) {
      this.asked++;
      const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
      if (Number(toBlock) - Number(fromBlock) >= this.most)
        throw Object.assign(new Error("too many blocks"), { code: -32005 });
    }
    return super.send(method, params);
  }

  /** A stranger's transaction may have 20,000 logs: nobody reads them. */
  override getTransactionReceipt(): never {
    throw new Error("all logs of a transaction would be read");
  }
}
