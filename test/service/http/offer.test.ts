import { expect } from "chai";
import { createHash } from "node:crypto";
import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Wallet, ZeroAddress } from "ethers";
import { jobIdOf } from "../../../src/client/binding.js";
import { inputCommitment, quantizeSample } from "../../../src/client/inputs.js";
import { verifyOffer } from "../../../src/client/offer.js";
import type { Job } from "../../../src/client/terms.js";
import { modelPaths } from "../../../src/artifacts/paths.js";
import { Torch2CircomError } from "../../../src/errors/torch2circomError.js";
import { loadModel } from "../../../src/inference/model.js";
import type { Bundle } from "../../../src/runtime/types.js";
import { connectToContracts } from "../../../src/runtime/payments/deployments.js";
import { JobHistories } from "../../../src/service/chain/jobHistories.js";
import { Database } from "../../../src/service/database/database.js";
import { JobEvents } from "../../../src/service/events/jobEvents.js";
import { httpServer } from "../../../src/service/http/server.js";
import type { Service } from "../../../src/service/http/service.js";
import { Metrics } from "../../../src/service/metrics/metrics.js";
import { readPrices } from "../../../src/service/offer/prices.js";
import type { Quote } from "../../../src/service/offer/quote.js";
import { publishedBundle } from "../../../src/service/offer/bundles.js";
import { offerModel, openShop } from "../../../src/service/offer/shop.js";
import { TestToken__factory } from "../../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { buildOnce } from "../../helpers/builds.js";
import { FIXTURES, makeProject, refusalOf } from "../../plugin/project.js";

const MODEL = join(FIXTURES, "iris_mlp", "model.pt2");
const [PROVIDER, CANARY] = [2, 0.123456789];
const CLIENT = Wallet.createRandom().address;

/** A number as JSON has it, of any size. */
const body = (inputs: string, more = "") => `{ "client": "${CLIENT}", "inputs": ${inputs}${more} }`;

describe("the service's offer over HTTP", function () {
  this.timeout(300_000);
  let server: Awaited<ReturnType<typeof httpServer>>;
  let service: Service;
  let token: string;
  let bundle: Bundle;
  let input: string;
  let inputs: Record<string, number[]>;
  const kept: Quote[] = [];
  const logged: string[] = [];
  let away: Error | undefined;
  // There is none: nothing here asks for it.
  const database = new Database("postgres://127.0.0.1:9/none");

  before(async () => {
    const { hre, root } = await makeProject();
    await buildOnce(hre);
    bundle = await hre.torch2circom.bundle("iris", { model: MODEL, out: join(root, "iris.tgz") });
    await hre.torch2circom.deploy();
    await hre.torch2circom.register("iris", { account: PROVIDER });
    const project = { config: hre.config, connection: () => hre.network.getOrCreate() };
    const { chain, contracts } = await connectToContracts(project, PROVIDER);
    token = await (await new TestToken__factory(chain.signer).deploy()).getAddress();
    const model = await loadModel(modelPaths(hre.config.torch2circom.outDir, "iris"));
    const prices = await readPrices(chain, [`1.5 ${token}`, "0.01"]);
    input = model.manifest.inputs[0].name;
    inputs = { [input]: [CANARY, -0.5, 0.75, 1] };
    const shop = await openShop(chain, contracts, [
      await offerModel(chain, contracts, model, prices, { bundles: root }),
    ]);
    const histories = new JobHistories(contracts);
    service = {
      shop,
      expected: () => Promise.resolve(12),
      promised: () => (away === undefined ? Promise.resolve(12) : Promise.reject(away)),
      keep: (quote) => Promise.resolve({ ticket: `ticket ${kept.push(quote)}`, oneStep: false }),
      relay: () => Promise.reject(new Error("nothing is paid here")),
      accept: () => Promise.reject(new Error("nothing is paid here")),
      deliver: () => Promise.reject(new Error("nothing is delivered here")),
      job: () => Promise.resolve(undefined),
      paidBy: () => Promise.resolve(undefined),
      history: (id) => histories.read(id),
      operator: () => Promise.reject(new Error("nobody operates it here")),
      checkReady: () => (away === undefined ? Promise.resolve() : Promise.reject(away)),
      events: new JobEvents(database, () => undefined),
      metrics: new Metrics({
        sql: database,
        balance: () => Promise.resolve(0n),
        ledgerErrors: () => ({}),
        stepFailures: () => new Map(),
      }),
      log: (fields, message) => logged.push(JSON.stringify({ ...fields, message })),
    };
    server = await httpServer(service, { perMinute: 60 });
  });

  after(async () => {
    await server.close();
    await database.close();
  });

  const ask = async (payload: string, type = "application/json") => {
    const url = `/models/${service.shop.models[0].id}/quotes`;
    const answer = await server.inject({ method: "POST", url, payload, headers: { "content-type": type } });
    return { ...answer, status: answer.statusCode, json: answer.json<Record<string, unknown>>() };
  };

  it("lists models with prices, times, set-ups and where they are paid", async () => {
    const { models } = (await server.inject("/models")).json<{ models: Record<string, unknown>[] }>();
    expect(models).to.have.length(1);
    expect(models[0]).to.deep.include({ name: "iris", seconds: 12, setup: "development", chainId: "31337" });
    expect(models[0].prices).to.deep.equal([
      { token, amount: "1500000000000000000", decimals: 18, symbol: "TEST" },
      { token: ZeroAddress, amount: "10000000000000000", decimals: 18 },
    ]);
    const byName = await server.inject("/models/iris");
    const { manifest, verificationKey, batches, segments, ...same } = byName.json<Record<string, unknown>>();
    expect(verificationKey).to.deep.equal(service.shop.models[0].model.verificationKey);
    expect(batches).to.deep.equal([]);
    expect(segments).to.deep.equal([]);
    expect(same).to.deep.equal(models[0]);
    expect(manifest).to.deep.equal(JSON.parse(JSON.stringify(service.shop.models[0].model.manifest)));
  });

  it("gives what an audit needs, where that is published, of this very build", async () => {
    const { body: text, rawPayload, headers } = await server.inject("/models/iris/bundle");
    expect(headers["content-type"], text.slice(0, 200)).to.equal("application/gzip");
    expect(createHash("sha256").update(rawPayload).digest("hex")).to.equal(bundle.sha256);
    const { path, ...published } = (await server.inject("/models/iris")).json<{ bundle: typeof bundle }>()
      .bundle;
    expect(published).to.deep.equal({ sha256: bundle.sha256, bytes: bundle.bytes });
    expect((await server.inject(path)).rawPayload.equals(rawPayload)).to.equal(true);
    const [{ model }] = service.shop.models;
    const folder = dirname(bundle.path);
    expect(await publishedBundle(folder, "other", model.paths.manifest)).to.equal(undefined);
    for (const other of [model.paths.program, MODEL]) {
      copyFileSync(other, join(folder, "other.tgz"));
      const refused = await refusalOf(() => publishedBundle(folder, "other", model.paths.manifest));
      expect(refused).to.contain("is not the bundle of");
    }
    expect(await refusalOf(() => publishedBundle(folder, "iris", model.paths.program))).to.contain(
      "as it is built now",
    );
  });

  it("quotes terms that the provider has signed, for the very input", async () => {
    const { status, json } = await ask(body(JSON.stringify(inputs), `, "salt": "77"`));
    expect(status, JSON.stringify(json)).to.equal(201);
    const quoted = json.job as Record<string, string>;
    const { manifest } = service.shop.models[0].model;
    const commitment = inputCommitment(manifest, quantizeSample(manifest, inputs), 77n);
    expect(quoted).to.include({
      client: CLIENT,
      token,
      amount: "1500000000000000000",
      inputCommitment: commitment.toString(),
    });
    const numbers = ["inputCommitment", "amount", "bond", "fundBy", "fulfillBy", "callbackGas"];
    const job = Object.fromEntries(
      Object.entries(quoted).map(([key, value]) => [key, numbers.includes(key) ? BigInt(value) : value]),
    ) as unknown as Job;
    expect(jobIdOf(job)).to.equal(json.jobId);
    expect(await verifyOffer(service.shop.contracts, job, json.providerSignature as string)).to.equal(true);
    expect(
      await verifyOffer(service.shop.contracts, { ...job, amount: 1n }, json.providerSignature as string),
    ).to.equal(false);
    expect(kept.at(-1)).to.deep.include({ jobId: json.jobId, job });
  });

  it("quotes for one .npy array, and refuses what is none without quoting it", async () => {
    const npy = (descr: string, shape: string, data: ArrayBufferView) => {
      const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': (${shape}), }\n`;
      const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, text.length, 0]);
      return Buffer.concat([start, Buffer.from(text), new Uint8Array(data.buffer)]);
    };
    const post = (payload: Buffer, query = `?client=${CLIENT}&salt=77`) => {
      const headers = { "content-type": "application/octet-stream" };
      return server.inject({ method: "POST", url: `/models/iris/quotes${query}`, payload, headers });
    };
    const values = Float64Array.from(inputs[input]);
    const whole = npy("'<f8'", "1, 4", values);
    const quoted = await post(whole);
    expect(quoted.statusCode, quoted.body).to.equal(201);
    const { manifest } = service.shop.models[0].model;
    const commitment = inputCommitment(manifest, quantizeSample(manifest, inputs), 77n).toString();
    expect(quoted.json<{ job: object }>().job).to.include({ inputCommitment: commitment });
    for (const [status, payload, query] of [
      [422, npy("'|O'", "1, 4", values)],
      [422, npy("'<c16'", "2,", values)],
      [422, npy("'<f8'", "2, 2", values)],
      [400, whole.subarray(0, -1)],
      [400, whole.subarray(0, 9)],
      [400, Buffer.from("0.123456 is no array")],
      [400, npy("'<f8'", "1, 4", Float64Array.from([NaN, 0, 0, 0]))],
      [400, whole, ""],
      [400, whole, "?client=0x12"],
      [400, whole, `?client=${CLIENT}&client=${CLIENT}`],
      [400, whole, `?client=${CLIENT}&amount=1`],
      [413, Buffer.alloc(20_000)],
    ] as [number, Buffer, string?][]) {
      const answer = await post(payload, query);
      expect(answer.statusCode, answer.body).to.equal(status);
      expect(answer.headers["content-type"]).to.contain("application/problem+json");
      expect(answer.body).not.to.match(/0\.123|c16/);
    }
  });

  it("makes a salt for a client that has none, another each time, and takes the token that is asked for", async () => {
    const payload = body(JSON.stringify(inputs), `, "token": "${ZeroAddress}"`);
    const [first, second] = [await ask(payload), await ask(payload)];
    expect(first.json.salt).not.to.equal(second.json.salt);
    expect(first.json.jobId).not.to.equal(second.json.jobId);
    expect(first.json.job).to.include({ token: ZeroAddress, amount: "10000000000000000" });
  });

  const one = (value: string) => `{ "INPUT": [${value}, 0, 0, 0] }`;
  const cases: [what: string, payload: () => string, status: number, code: string][] = [
    ["a value that is beyond the domain", () => body(one("1e6")), 422, "INPUT_INVALID"],
    ["too few values", () => body(`{ "INPUT": [1] }`), 422, "INPUT_INVALID"],
    ["no input", () => body("{}"), 422, "INPUT_INVALID"],
    ["NaN", () => body(one("NaN")), 400, "INVALID_ARGUMENT"],
    ["a number beyond doubles", () => body(one("1e999")), 400, "INVALID_ARGUMENT"],
    ["text for a number", () => body(one(`"1"`)), 400, "INVALID_ARGUMENT"],
    ["a prototype", () => body(`{ "__proto__": { "INPUT": [1, 1, 1, 1] } }`), 400, "INVALID_ARGUMENT"],
    ["an unknown key", () => body(one("0"), `, "amount": "1"`), 400, "INVALID_ARGUMENT"],
    [
      "a salt that is no field element",
      () => body(one("0"), `, "salt": "${2n ** 254n}"`),
      400,
      "INVALID_ARGUMENT",
    ],
    ["a token without a price", () => body(one("0"), `, "token": "${CLIENT}"`), 400, "INVALID_ARGUMENT"],
    ["another address", () => body(one("0")).replace(CLIENT, "0x12"), 400, "INVALID_ARGUMENT"],
    [
      "a wrong checksum",
      () => body(one("0")).replace(CLIENT, wrongChecksum(CLIENT)),
      400,
      "INVALID_ARGUMENT",
    ],
    ["half a body", () => body(one("0")).slice(0, -3), 400, "INVALID_ARGUMENT"],
    ["a body that is too large", () => body(one(`0${" ".repeat(20_000)}`)), 413, "INVALID_ARGUMENT"],
  ];
  for (const [what, payload, status, code] of cases)
    it(`refuses ${what} in words, and keeps nothing`, async () => {
      const before = kept.length;
      const answer = await ask(payload().replaceAll("INPUT", input));
      expect(answer.status, answer.body).to.equal(status);
      expect(answer.headers["content-type"]).to.contain("application/problem+json");
      expect(answer.json).to.include({ status, code });
      expect(answer.json.detail).to.be.a("string").with.length.below(400);
      expect(kept).to.have.length(before);
    });

  it("refuses a body of another type, a model that is not sold, and an address with nothing", async () => {
    expect((await ask("client=1", "application/x-www-form-urlencoded")).json).to.include({ status: 415 });
    for (const [url, code] of [
      [`/models/0x${"11".repeat(32)}`, "MODEL_NOT_FOUND"],
      ["/models/..%2f..%2Fb", "INVALID_ARGUMENT"],
      ["/nothing?key=1", "INVALID_ARGUMENT"],
    ]) {
      const answer = await server.inject(url);
      expect(answer.statusCode).to.be.oneOf([400, 404]);
      expect(answer.json()).to.include({ code });
      // A job that is not here may be, later.
      expect(answer.headers["cache-control"]).to.equal("no-store");
    }
  });

  it("says that it is not ready, and when to come again; what fails inside is not told", async () => {
    away = new Torch2CircomError("DATABASE_UNAVAILABLE", "The database is away", "Come again.");
    for (const answer of [await server.inject("/readyz"), await ask(body(JSON.stringify(inputs)))]) {
      expect(answer.statusCode).to.equal(503);
      expect(answer.headers["retry-after"]).to.match(/^\d+$/);
    }
    away = new Error(`failed with ${CANARY} at https://node.example/secret`);
    const answer = await server.inject("/readyz");
    expect(answer.statusCode).to.equal(500);
    expect(answer.body).not.to.match(/secret|0\.123/);
    away = undefined;
    expect((await server.inject("/readyz")).json()).to.deep.equal({ status: "ok" });
    expect((await server.inject("/healthz")).json()).to.deep.equal({ status: "ok" });
  });

  it("describes itself by the schemas that it validates with", async () => {
    const document = (await server.inject("/openapi.json")).json<{
      openapi: string;
      paths: Record<string, unknown>;
      components: { schemas: Record<string, { additionalProperties?: boolean; required?: string[] }> };
    }>();
    expect(document.openapi).to.equal("3.1.0");
    expect(Object.keys(document.paths)).to.have.members([
      "/models",
      "/models/{id}",
      "/models/{id}/bundle",
      "/models/{id}/quotes",
      "/models/{id}/infer",
      "/jobs/{id}",
      "/jobs/{id}/input",
      "/jobs/{id}/payment",
      "/jobs/{id}/events",
      "/jobs/{id}/chain",
      "/operator/state",
      "/healthz",
      "/readyz",
    ]);
    expect(
      JSON.stringify(
        document.components.schemas.QuoteRequestInput ?? document.components.schemas.QuoteRequest,
      ),
    ).to.contain("the client's secret, at least 128 random bits");
  });

  it("logs each answer by its route, and never an input", () => {
    expect(
      logged.some((line) => line.includes(`"route":"/models/:id/quotes"`) && line.includes(`"status":201`)),
    ).to.equal(true);
    expect(logged.join("\n")).not.to.match(/0\.123456|secret|key=1/);
  });

  it("answers an address that asks too often with 429", async () => {
    const remoteAddress = "10.0.0.9";
    const answers = [];
    for (let i = 0; i < 61; i++) answers.push(await server.inject({ url: "/healthz", remoteAddress }));
    expect(answers.slice(0, 60).every(({ statusCode }) => statusCode === 200)).to.equal(true);
    expect(answers[60].statusCode).to.equal(429);
    expect(answers[60].json()).to.include({ status: 429, code: "BUILD_BUSY" });
    expect((await server.inject("/healthz")).statusCode).to.equal(200);
  });

  it("has no price list with two prices in one token, an amount of nothing or a word too many", async () => {
    const { chain } = service.shop;
    for (const texts of [
      ["1", "2"],
      ["0"],
      ["-1"],
      ["1 2 3"],
      ["1 0x12"],
      ["0.0000000000000000001 TOKEN"],
      [""],
    ]) {
      const refusal = await refusalOf(() =>
        readPrices(
          chain,
          texts.map((text) => text.replace("TOKEN", token)),
        ),
      );
      expect(refusal, texts.join()).to.match(/price|amount|address/);
    }
  });

  it("sells no model without a price", async () => {
    const { chain, contracts, models } = service.shop;
    expect(await refusalOf(() => offerModel(chain, contracts, models[0].model, []))).to.contain(
      "has no price",
    );
  });
});

/** An address of which one letter has the other case. */
function wrongChecksum(address: string): string {
  const at = address.search(/[a-f]/);
  return address.slice(0, at) + address[at].toUpperCase() + address.slice(at + 1);
}
