import { bls12_381 as bls } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import {
  DEFAULT_CHAIN,
  drandChain,
  QUICKNET,
  randomnessOf,
  roundAt,
  timeOf,
  verifyRound,
  type DrandRound,
} from "../../src/ceremony/drand.js";
import { fetchRound, parseRound } from "../../src/ceremony/fetchRound.js";
import { FileServer, type Answer } from "../helpers/fileServer.js";
import { refusalOf } from "../plugin/project.js";

/** Rounds that came out, with their randomness as the relays gave it. */
const QUICK = {
  round: 657413,
  signature:
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
};
const QUICK_RANDOMNESS = "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587";
const CHAINED = {
  round: 3311596,
  previousSignature:
    "8ed588f2a7716fb1349e2d9803da5db0005e98a83783c353d4a08f183236a9ad91d70ddb01266f4b7c576983db464b430e65680b9e0098552758afd6c1e6afcb77e3f62fe1b93d42d1cb63abbb2205512fe12fbf74ea9c5ac3b8f5c1e283a1d8",
  signature:
    "a696b9409ababce45749c3a4ec369074453dd4a79967734e1390d969c8ad8d98897d217b9121e92c8ddebbddda8d92f900e3bd6bf9deb166863b1a19390d743f82774001487594c5c09e581db7365f02b70a2c8cc41ce32446ef08e4890c4754",
};
const CHAINED_RANDOMNESS = "647c07b2abbf7ff2afb4d670214f565e5cd9f9c91bfdcecb59a21f3c78d73920";

/** A point of the curve in G1 that is not in the subgroup, compressed. */
function outsideOfSubgroup(): string {
  for (let x = 1n; ; x++) {
    const hex = ((1n << 383n) | x).toString(16).padStart(96, "0");
    const { Fp } = bls.fields;
    const right = Fp.add(Fp.pow(x, 3n), 4n);
    if (!Fp.eql(Fp.pow(right, (Fp.ORDER - 1n) / 2n), Fp.ONE)) continue;
    const point = bls.G1.Point.fromAffine({ x, y: Fp.sqrt(right) });
    if (!point.isTorsionFree()) return hex;
  }
}

describe("drand", function () {
  it("has signed the rounds that it gave out", () => {
    expect(verifyRound(QUICKNET, QUICK)).to.equal(true);
    expect(randomnessOf(QUICK)).to.equal(QUICK_RANDOMNESS);
    expect(verifyRound(DEFAULT_CHAIN, CHAINED)).to.equal(true);
    expect(randomnessOf(CHAINED)).to.equal(CHAINED_RANDOMNESS);
  });

  it("has signed no other round, nor on another chain", () => {
    expect(verifyRound(QUICKNET, { ...QUICK, round: QUICK.round + 1 })).to.equal(false);
    expect(verifyRound(DEFAULT_CHAIN, { ...CHAINED, round: CHAINED.round + 1 })).to.equal(false);
    expect(verifyRound(DEFAULT_CHAIN, QUICK)).to.equal(false);
    expect(verifyRound(QUICKNET, CHAINED)).to.equal(false);
    const other = { ...CHAINED, previousSignature: CHAINED.signature };
    expect(verifyRound(DEFAULT_CHAIN, other)).to.equal(false);
  });

  it("has signed nothing that is malformed, and nothing is thrown", () => {
    const signatures = [
      "",
      "zz".repeat(48),
      QUICK.signature.toUpperCase(),
      QUICK.signature.slice(2),
      `${QUICK.signature}00`,
      "00".repeat(48),
      // Infinity, a point that is on the curve only, and one that is not even there.
      `c0${"00".repeat(47)}`,
      outsideOfSubgroup(),
      "ff".repeat(48),
      `a${QUICK.signature.slice(1)}`,
    ];
    for (const signature of signatures)
      expect(verifyRound(QUICKNET, { ...QUICK, signature }), signature).to.equal(false);
    for (const round of [0, -1, 1.5, NaN, Infinity, 2 ** 53])
      expect(verifyRound(QUICKNET, { ...QUICK, round })).to.equal(false);
    expect(verifyRound(QUICKNET, { round: 1 } as DrandRound)).to.equal(false);
    expect(verifyRound(DEFAULT_CHAIN, { ...CHAINED, previousSignature: undefined })).to.equal(false);
  });

  it("gives rounds at fixed times", () => {
    expect(new Date(1000 * timeOf(QUICKNET, QUICK.round)).toISOString()).to.equal("2023-09-15T11:00:03.000Z");
    for (const chain of [QUICKNET, DEFAULT_CHAIN]) {
      const { genesis, period } = chain;
      const rounds = [-1, 0, period - 1, period, 10 * period].map((after) => roundAt(chain, genesis + after));
      expect(rounds).to.deep.equal([0, 1, 1, 2, 11]);
      for (const round of [1, 2, 12_345]) {
        expect(roundAt(chain, timeOf(chain, round))).to.equal(round);
        expect(roundAt(chain, timeOf(chain, round) - 1)).to.equal(round - 1);
      }
    }
    expect(drandChain(QUICKNET.hash)).to.equal(QUICKNET);
    expect(drandChain("00")).to.equal(undefined);
  });

  const text = (value: unknown): Answer => {
    const body = typeof value === "string" ? value : JSON.stringify(value);
    return (_, response) => void response.writeHead(200).end(body);
  };
  const answer = { ...QUICK, randomness: QUICK_RANDOMNESS };
  const relay = (...answers: Answer[]) => FileServer.start(Buffer.alloc(0), ...answers);
  const place = ({ url }: FileServer) => new URL(url).origin;

  it("is asked by relays in turn, and none of them is believed", async () => {
    let asked = "";
    await using good = await relay((request, response) => {
      asked = request.url!;
      response.writeHead(200).end(JSON.stringify(answer));
    });
    const forged = QUICK.signature.replace("b71", "b81");
    await using wrong = await relay(
      text({ ...answer, signature: forged }),
      text({ ...answer, round: 1 }),
      text("<html>"),
      text("9".repeat(5000)),
      (_, response) => void response.writeHead(404).end(),
    );
    for (let time = 0; time < 5; time++) {
      const relays = [place(wrong), place(good)];
      expect(await fetchRound(QUICKNET, QUICK.round, { relays })).to.deep.equal(QUICK);
    }
    expect(wrong.asked).to.have.length(5);
    expect(asked).to.equal(`/${QUICKNET.hash}/public/${QUICK.round}`);
    const { previousSignature, ...rest } = CHAINED;
    await using chained = await relay(text({ ...rest, previous_signature: previousSignature }));
    expect(await fetchRound(DEFAULT_CHAIN, CHAINED.round, { relays: [place(chained)] })).to.deep.equal(
      CHAINED,
    );
  });

  it("is not there before its time, nor without a relay that answers", async () => {
    const early = () =>
      fetchRound(QUICKNET, QUICK.round, { relays: [], now: timeOf(QUICKNET, QUICK.round) - 1 });
    expect(await refusalOf(early))
      .to.contain("is not out yet")
      .and.to.contain("2023-09-15T11:00:03");
    await using silent = await relay(() => undefined);
    await using lying = await relay(text({ ...answer, round: 2 }));
    const relays = [place(silent), place(lying), "http://127.0.0.1:1"];
    const refusal = await refusalOf(() => fetchRound(QUICKNET, QUICK.round, { relays, timeout: 40 }));
    expect(refusal).to.contain("No relay gives round 657413");
    for (const one of relays) expect(refusal).to.contain(one);
  });

  it("gives what is a round, or nothing", () => {
    expect(parseRound(JSON.stringify(answer))).to.deep.equal(QUICK);
    for (const bad of [
      "",
      "null",
      "[]",
      '{"round":1}',
      '{"round":"1","signature":""}',
      '{"round":1e99,"signature":""}',
    ])
      expect(parseRound(bad), bad).to.equal(undefined);
  });
});
