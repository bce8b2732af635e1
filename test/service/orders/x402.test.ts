import { expect } from "chai";
import { x402Client, x402HTTPClient } from "@x402/core/client";
import { x402Order, type Purchase } from "../../../src/client/index.js";
import { httpServer } from "../../../src/service/http/server.js";
import type { Log } from "../../../src/service/log.js";
import { TestShop } from "./testShop.js";

describe("an answer that is bought by x402", function () {
  this.timeout(300_000);
  let test: TestShop;
  let server: Awaited<ReturnType<typeof httpServer>>;
  let url: string;
  const logged: string[] = [];

  before(async () => {
    test = await TestShop.open();
    const log: Log = (fields, message) => logged.push(JSON.stringify({ ...fields, message }));
    server = await httpServer(test.service({ log }));
    url = await server.listen({ host: "127.0.0.1", port: 0 });
  });
  after(async () => {
    await server.close();
    await test.close();
  });

  it("takes two requests of @x402/core's client, pays once, and refuses another body", async () => {
    const kept: Purchase[] = [];
    const [{ model }] = test.shop.models;
    const input = { [model.manifest.inputs[0].name]: [0.1, 0.2, 0.3, 0.4] };
    const order = await x402Order(test.client, { url, model: "iris", input, keep: (one) => kept.push(one) });
    const allowed = { network: order.network, asset: order.asset, maxAmountPerPayment: `${order.most}` };
    const core = new x402Client().register(order.network, order.scheme);
    const client = new x402HTTPClient(core.setSpendControls({ allowedAssets: [allowed] }));
    const post = (headers: Record<string, string> = {}, body = order.body) =>
      fetch(order.url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

    const asked = await post();
    expect(asked.status).to.equal(402);
    const quote = (await asked.json()) as { jobId: string; providerSignature: string };
    const required = client.getPaymentRequiredResponse((name) => asked.headers.get(name));
    expect(required.accepts[0]).to.include({ scheme: "torch2circom-escrow", network: "eip155:31337" });
    expect(required.accepts[0].extra).to.include({ providerSignature: quote.providerSignature });
    const payload = await client.createPaymentPayload(required);
    const headers = client.encodePaymentSignatureHeader(payload);
    expect(kept.map(({ jobId }) => jobId)).to.deep.equal([quote.jobId]);

    const other = await post(headers, order.body.replace("0.1", "0.5"));
    expect(other.status).to.equal(402);
    const refused = client.getPaymentSettleResponse((name) => other.headers.get(name));
    expect(refused).to.include({ success: false, transaction: "" });
    expect(refused.errorMessage).to.contain("another input");
    for (const header of ["%", "e30=", Buffer.from("null").toString("base64")])
      expect((await post({ "payment-signature": header })).status).to.equal(400);
    expect((await test.row(quote.jobId)).state).to.equal("quoted");

    for (let i = 0; i < 2; i++) {
      const paid = await post(headers);
      expect(paid.status, await paid.clone().text()).to.equal(202);
      expect(paid.headers.get("location")).to.equal(`/jobs/${quote.jobId}`);
      expect(paid.headers.get("payment-response")).to.equal(null);
      expect(await paid.json()).to.deep.equal({ jobId: quote.jobId, state: "funding" });
    }
    await test.finalize();
    expect(await test.follow()).to.deep.equal([quote.jobId]);
    const funded = await post(headers);
    const settled = client.getPaymentSettleResponse((name) => funded.headers.get(name));
    expect(settled).to.include({ success: true, network: "eip155:31337", payer: kept[0].job.client });
    const receipt = await test.client.provider!.getTransactionReceipt(settled.transaction);
    expect(receipt?.status).to.equal(1);
    expect(logged.join("\n")).not.to.contain(kept[0].input.salt.toString());
  });

  it("is not paid where the service asks for more than the quote says", async () => {
    const [{ model }] = test.shop.models;
    const input = { [model.manifest.inputs[0].name]: [0.1, 0.2, 0.3, 0.4] };
    const order = await x402Order(test.client, { url, model: "iris", input });
    const asked = await fetch(order.url, {
      method: "POST",
      body: order.body,
      headers: { "content-type": "application/json" },
    });
    const client = new x402HTTPClient(new x402Client());
    const { accepts } = client.getPaymentRequiredResponse((name) => asked.headers.get(name));
    const refusal = async (change: object) =>
      order.scheme.createPaymentPayload(2, { ...accepts[0], ...change }).then(
        () => "",
        (error: Error) => error.message,
      );
    expect(await refusal({ amount: "9" })).to.contain("another payment");
    expect(await refusal({ network: "eip155:1" })).to.contain("network");
    expect(await refusal({ extra: {} })).to.contain("asks otherwise");
    expect(await refusal({})).to.equal("");
  });
});
