import { expect } from "chai";
import {
  authorizeRequest,
  bindingOf,
  decodeOutputs,
  jobIdOf,
  signOffer,
  verifyProof,
  type Job,
} from "../../../src/client/index.js";
import { ask } from "../../../src/client/service/ask.js";
import { quoteForm } from "../../../src/client/service/forms.js";
import { checkQuote, prepareOrder } from "../../../src/client/service/order.js";
import { WarmProver } from "../../../src/groth16/warm/warmProver.js";
import { httpServer } from "../../../src/service/http/server.js";
import type { Proof } from "../../../src/groth16/types.js";
import type { JobOut, QuoteOut } from "../../../src/service/http/schemas.js";
import type { Quote } from "../../../src/service/offer/quote.js";
import { beginSettlements, followSettlements } from "../../../src/service/orders/settlements.js";
import { refusalOf } from "../../plugin/project.js";
import { TestShop } from "./testShop.js";

describe("an answer that is bought over HTTP", function () {
  this.timeout(300_000);
  let test: TestShop;
  let server: Awaited<ReturnType<typeof httpServer>>;
  const kept: Quote[] = [];

  before(async () => {
    test = await TestShop.open();
    server = await httpServer(test.service({ keep: (quote) => (kept.push(quote), test.orders.keep(quote)) }));
  });
  after(async () => {
    await server.close();
    await test.close();
  });

  /** What a client has of a quote: the terms, with numbers again. */
  const jobOf = ({ job }: QuoteOut): Job => {
    const numbers = ["inputCommitment", "amount", "bond", "fundBy", "fulfillBy", "callbackGas"];
    const entries = Object.entries(job).map(([key, value]) => [
      key,
      numbers.includes(key) ? BigInt(value) : value,
    ]);
    return Object.fromEntries(entries);
  };

  it("is not ordered where the provider signs other terms than those that were asked for", async () => {
    const [{ id, model }] = test.shop.models;
    const url = await server.listen({ host: "127.0.0.1", port: 0 });
    const input = { [model.manifest.inputs[0].name]: [0.1, 0.2, 0.3, 0.4] };
    const prepared = await prepareOrder(test.client, { url, model: id, input });
    const quote = await ask(url, `/models/${id}/quotes`, quoteForm, { body: prepared.body });
    expect((await checkQuote(prepared, quote)).purchase.jobId).to.equal(quote.jobId);
    const { contracts, chain } = test.shop;
    /** What a provider says who has signed the changed terms. */
    const quotedWith = async (change: Partial<Job>) => {
      const job = { ...quote.job, ...change };
      return {
        ...quote,
        job,
        jobId: jobIdOf(job),
        providerSignature: await signOffer(contracts, chain.signer, job),
      };
    };
    const stranger = await contracts.escrow.getAddress();
    const changes: readonly (readonly [Partial<Job>, string])[] = [
      [{ modelId: `0x${"12".repeat(32)}` }, "another model"],
      [{ inputCommitment: quote.job.inputCommitment + 1n }, "another input"],
      [{ client: stranger }, "another client"],
      [{ provider: stranger }, "another provider"],
      [{ token: stranger }, "another token"],
      [{ amount: quote.job.amount + 1n }, "a payment of"],
      [{ fulfillBy: quote.job.fulfillBy + 604_800n }, "a lock of"],
      [{ callback: stranger }, "a callback"],
    ];
    for (const [change, why] of changes)
      expect(await refusalOf(async () => checkQuote(prepared, await quotedWith(change))), why).to.contain(
        why,
      );
    const unsigned = {
      ...(await quotedWith({ salt: `0x${"34".repeat(32)}` })),
      providerSignature: quote.providerSignature,
    };
    expect(await refusalOf(() => checkQuote(prepared, unsigned))).to.contain("did not sign");
    expect(await refusalOf(() => checkQuote(prepared, { ...quote, jobId: unsigned.jobId }))).to.contain(
      "another id",
    );
    // What the client itself allows.
    const long = await prepareOrder(test.client, { url, model: id, input, longest: 60 });
    const short = await ask(url, `/models/${id}/quotes`, quoteForm, { body: long.body });
    expect(await refusalOf(() => checkQuote(long, short))).to.contain("and not of 60 at most");
  });

  it("takes a signature, no transaction of the client's, and its ticket", async () => {
    const [{ model }] = test.shop.models;
    const client = await test.client.getAddress();
    const inputs = { [model.manifest.inputs[0].name]: [0.1, 0.2, 0.3, 0.4] };
    const asked = await server.inject({
      method: "POST",
      url: "/models/iris/quotes",
      payload: { client, inputs },
    });
    const quoted = asked.json<QuoteOut>();
    const nonce = await test.client.provider!.getTransactionCount(client);
    const signed = await authorizeRequest(test.shop.contracts, test.client, jobOf(quoted));
    const url = `/jobs/${quoted.jobId}`;
    const payload = {
      validAfter: signed.validAfter.toString(),
      validBefore: signed.validBefore.toString(),
      signature: signed.signature,
    };
    const headers = { authorization: `Bearer ${quoted.ticket}` };
    const pay = () => server.inject({ method: "POST", url: `${url}/payment`, payload, headers });

    for (const authorization of ["", "Bearer 12", `Bearer ${"0".repeat(64)}`])
      expect((await server.inject({ url, headers: { authorization } })).statusCode).to.equal(404);
    const forged = { ...payload, validBefore: "7" };
    const refused = await server.inject({ method: "POST", url: `${url}/payment`, payload: forged, headers });
    expect(refused.statusCode, refused.body).to.equal(402);
    expect(refused.json()).to.include({ code: "CONTRACT_REFUSED" });

    const [paid, again] = [await pay(), await pay()];
    expect([paid.statusCode, again.statusCode], paid.body).to.deep.equal([202, 202]);
    expect(paid.json()).to.deep.equal({ jobId: quoted.jobId, state: "funding" });
    await test.finalize();
    await test.follow();
    expect((await server.inject({ url, headers })).json()).to.include({ state: "funded" });

    const record = kept.at(-1)!;
    const prover = new WarmProver();
    await test.prove(prover, record, "funded");
    await prover.close();
    await beginSettlements(test.shop, test.database, test.ledger, { wait: 0 });
    await test.finalize();
    await followSettlements(test.database, test.statusOf);

    const bought = (await server.inject({ url, headers })).json<JobOut>();
    expect(bought.state).to.equal("final");
    expect(bought.transaction).to.match(/^0x/);
    // What the client needs to check it all by itself.
    const { publicSignals: signals } = bought.answer!;
    expect(BigInt(signals.at(-2)!)).to.equal(jobOf(quoted).inputCommitment);
    const own = bindingOf(quoted.jobId, test.shop.provider, {
      chainId: BigInt(quoted.chainId),
      escrow: quoted.escrow,
    });
    expect(BigInt(signals.at(-1)!)).to.equal(own);
    expect(await verifyProof(model.verificationKey, signals, bought.answer!.proof as Proof)).to.equal(true);
    expect(decodeOutputs(model.manifest, signals.slice(0, -2).map(BigInt))).to.have.length(1);
    expect(await test.client.provider!.getTransactionCount(client)).to.equal(nonce);
  });
});
