import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { bindingOf, fulfillJob, registerModel, type Job } from "../../../src/client/index.js";
import { WarmProver } from "../../../src/groth16/warm/warmProver.js";
import { proveInference } from "../../../src/inference/infer.js";
import type { JobRecord } from "../../../src/runtime/jobs.js";
import { readBooks } from "../../../src/service/books/books.js";
import { httpServer } from "../../../src/service/http/server.js";
import type { Quote } from "../../../src/service/offer/quote.js";
import { checkEscrow } from "../../../src/service/orders/escrowChecks.js";
import { findFundings } from "../../../src/service/orders/fundings.js";
import { beginSettlements, followSettlements } from "../../../src/service/orders/settlements.js";
import { chainView } from "../../../src/service/running/chainView.js";
import { endTaken } from "../../../src/service/watcher/taken.js";
import type { Watcher } from "../../../src/service/watcher/watcher.js";
import { CONFIRMATIONS, type TestShop } from "../orders/testShop.js";
import type { PayingClient } from "./payingClient.js";

/** @param shop that is open when the tests run */
export const describeInputs = (shop: () => PayingClient) =>
  describe("the input of a job that was funded without a quote", () => {
    let test: TestShop;
    let client: PayingClient;
    let watcher: Watcher;
    let server: Awaited<ReturnType<typeof httpServer>>;
    const prover = new WarmProver();

    before(async () => {
      client = shop();
      ({ test } = client);
      watcher = client.watcher();
      server = await httpServer(test.service());
    });
    after(async () => {
      await prover.close();
      await server.close();
    });

    const send = async ({ jobId, input }: Pick<JobRecord, "jobId" | "input">, more: object = {}) => {
      const body = { integers: input.integers, salt: input.salt.toString(), ...more };
      const payload = JSON.parse(JSON.stringify(body)) as object;
      const answer = await server.inject({ method: "POST", url: `/jobs/${jobId}/input`, payload });
      const said = answer.json<Record<"jobId" | "state" | "ticket" | "code" | "detail" | "remedy", string>>();
      return { ...said, status: answer.statusCode };
    };
    const found = async (terms: Partial<Job> = {}, seconds?: number) => {
      const record = await client.fund(terms, seconds);
      await watcher.round();
      return record;
    };
    const find = () =>
      findFundings(test.database, test.queue, chainView(test.shop.contracts, CONFIRMATIONS).fundingOf);

    for (const kind of ["closed", "open"])
      it(`brings a ${kind} job to its proof, and the provider is paid`, async () => {
        await watcher.round();
        const others = (await readBooks(test.database)).awaited;
        const record = await found(kind === "open" ? { provider: ZeroAddress } : {});
        const { jobId } = record;
        // Open jobs are nobody's before.
        const awaited = async () => (await readBooks(test.database)).awaited - others;
        expect(await awaited()).to.equal(kind === "open" ? 0 : 1);
        const taken = await send(record);
        expect(taken).to.include({ status: 202, state: "funding", jobId });
        expect(await awaited()).to.equal(0);
        // The same again changes nothing, also as real values.
        const { manifest } = test.shop.models[0].model;
        const inputs = { [manifest.inputs[0].name]: [0.1, 0.2, 0.3, 0.4] };
        expect(await send(record, { integers: undefined, inputs })).to.deep.equal(taken);
        const headers = { authorization: `Bearer ${taken.ticket}` };
        const read = async () =>
          (await server.inject({ url: `/jobs/${jobId}`, headers })).json<Record<string, unknown>>();
        expect(await read()).to.deep.equal({ jobId, state: "funding" });

        // Not before it is final.
        expect(await find()).to.deep.equal([]);
        await test.devnet.anvil.send("anvil_mine", "0x2");
        expect(await find()).to.deep.equal([jobId]);
        const delivery = await test.queue.take([test.build]);
        expect(delivery?.job).to.equal(jobId);
        await test.queue.finish(test.database, delivery!);
        await test.prove(prover, record as Quote, "funded");
        const before = await test.shop.contracts.escrow.balanceOf(test.shop.provider, client.token);
        await beginSettlements(test.shop, test.database, test.ledger, { wait: 0 });
        await test.finalize();
        await followSettlements(test.database, test.statusOf);
        await watcher.round();
        await endTaken(test.database);
        expect(await read()).to.include({ state: "final" });
        const after = await test.shop.contracts.escrow.balanceOf(test.shop.provider, client.token);
        expect(after - before).to.equal(record.job.amount);
        expect((await client.known())[jobId]).to.deep.equal(["Requested", "Fulfilled"]);
      });

    it("is refused where it is not the job's, and tells nothing of the job", async () => {
      const record = await found();
      const [values] = record.input.integers;
      const words = "Input and salt are not those that the job commits to";
      for (const wrong of [
        { salt: (record.input.salt + 1n).toString() },
        { integers: [[values[0] + 1, ...values.slice(1)]] },
        { integers: [[...values, 0]] },
        { integers: [values, values] },
        { integers: [] },
        { integers: [[10 ** 9, ...values.slice(1)]] },
      ])
        expect(await send(record, wrong), JSON.stringify(wrong)).to.include({
          ...{ status: 422, code: "INPUT_INVALID", detail: words },
        });
      for (const wrong of [{ inputs: {} }, { integers: undefined }, { integers: [[0.5]] }, { salt: "x" }])
        expect(await send(record, wrong), JSON.stringify(wrong)).to.include({ status: 400 });
      expect(await test.row(record.jobId)).to.equal(undefined);
    });

    it("is refused for a job that is not funded, or for another provider", async () => {
      const other = await found({ provider: await client.wallet.getAddress() });
      for (const record of [await client.draft(), other]) {
        const { status, code, detail } = await send(record);
        expect({ status, code }).to.deep.equal({ status: 404, code: "JOB_NOT_FOUND" });
        expect(detail).to.contain("No funding of this job is known here");
      }
    });

    it("is refused for a job that the price list does not cover, in clear words", async () => {
      const { amount } = (await client.draft()).job;
      const cases: [Partial<Job>, number, RegExp][] = [
        [{ amount: amount - 1n }, 3600, /pays 1\.49\d* \S+ .*, and the price is 1\.5 /],
        [{ token: ZeroAddress }, 3600, /no price in that token/],
        [{ callback: client.token, callbackGas: 200_001n }, 3600, /callback may use 200001 gas/],
        [{}, 200, /deadline is in \d+ s, and to prove and settle it may take 310 s/],
      ];
      for (const [terms, seconds, words] of cases) {
        const { status, detail, remedy } = await send(await found(terms, seconds));
        expect(status).to.equal(seconds === 200 ? 410 : 402);
        expect(detail).to.match(words);
        expect(remedy).to.contain("torch2circom:refund");
      }
    });

    it("is refused for a model that is not sold, or not any more", async () => {
      const { contracts, models } = test.shop;
      const word = `0x${"12".repeat(32)}`;
      const commitment = { modelHash: word, circuitHash: word, setupHash: word };
      const { verificationKey } = models[0].model;
      const connected = { ...contracts, registry: contracts.registry.connect(client.wallet) };
      const { modelId } = await registerModel(connected, verificationKey, commitment, "");
      client.wallet.reset();
      expect(await send(await found({ modelId }))).to.include({ status: 404, code: "MODEL_NOT_FOUND" });
    });

    it("is refused for a job whose payment is back, or whose funding a reorganization took away", async () => {
      const refunded = await found();
      await client.decline(refunded);
      expect(await send(refunded)).to.include({ status: 410, detail: "The job is refunded already" });
      const gone = await found();
      await test.devnet.anvil.send("anvil_reorg", 1, []);
      client.wallet.reset();
      // Before the events are read again, and after.
      expect(await send(gone)).to.include({ status: 404 });
      await watcher.round();
      expect(await send(gone)).to.include({ status: 404 });
    });

    it("waits with its job where a reorganization takes the funding away, and goes on if it comes back", async () => {
      const record = await found();
      expect(await send(record)).to.include({ status: 202, state: "funding" });
      await test.devnet.anvil.send("anvil_reorg", 1, []);
      client.wallet.reset();
      expect(await find()).to.deep.equal([]);
      expect((await test.row(record.jobId)).state).to.equal("quoted");
      const { escrow } = test.shop.contracts;
      await (await escrow.connect(client.wallet).request(record.job, "0x")).wait();
      await test.devnet.anvil.send("anvil_mine", "0x2");
      await test.database.query("update job set checked_at = null");
      expect(await find()).to.deep.equal([record.jobId]);
    });

    it("was in vain where another provider answers an open job first", async () => {
      const record = await found({ provider: ZeroAddress });
      expect(await send(record)).to.include({ status: 202 });
      const { contracts, models } = test.shop;
      const other = await client.wallet.getAddress();
      const { proof, publicSignals } = await proveInference(
        models[0].model,
        prover,
        record.input,
        bindingOf(record.jobId, other, record),
      );
      const words = publicSignals.slice(0, -2).map(BigInt);
      await fulfillJob(contracts, client.wallet, record.job, other, proof, words);
      await watcher.round();
      await find();
      await endTaken(test.database);
      // It may still be undone.
      expect((await test.row(record.jobId)).state).to.equal("funding");
      await test.devnet.anvil.send("anvil_mine", "0x3");
      await find();
      await checkEscrow(test.database, test.statusOf);
      await watcher.round();
      await endTaken(test.database);
      const { state, reason } = await test.row(record.jobId);
      expect({ state, reason }).to.deep.equal({
        ...{ state: "lost", reason: "another provider has answered it first" },
      });
    });
  });
