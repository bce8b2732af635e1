import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import { Interface, ZeroHash } from "ethers";
import fc from "fast-check";
import { renderVerifier } from "../../src/groth16/verifierTemplate.js";
import { ModelRegistry__factory } from "../../types/ethers-contracts/index.js";
import { compileSolidity } from "./helpers/compile.js";
import { ethers, provider } from "./helpers/escrow.js";
import { encodeKey, P, R } from "./helpers/fixture.js";
import { exponentOfC, g1, PAIRS, verificationKeyOf } from "./ledger/prover.js";

const require = createRequire(import.meta.url);
const snarkjs = require.resolve("snarkjs");
const ejs = createRequire(snarkjs)("ejs") as { render(template: string, data: object): string };

const RUNS = Number(process.env.FUZZ_RUNS ?? 10);
const SIGNALS = 3;
const WORD = 2n ** 256n;
const REGISTRY = ModelRegistry__factory.createInterface();
const VERIFIER = new Interface([
  `function verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[${SIGNALS}]) view returns (bool)`,
]);
const { Fp, Fp2 } = bn254.fields;

/** A proof's eight words, as the precompiled contracts have them, and the signals that it is for. */
interface Statement {
  readonly proof: readonly bigint[];
  readonly signals: readonly bigint[];
}

/** Whether each accepts: the registry, its batches, the exported verifier, and the one that snarkjs exports. */
interface Verdicts {
  readonly registry: boolean;
  readonly batch: boolean;
  readonly exported: boolean;
  readonly snarkjs: boolean;
}

const everybody = (accepts: boolean): Verdicts => ({
  registry: accepts,
  batch: accepts,
  exported: accepts,
  snarkjs: accepts,
});

/**
 * What snarkjs's contract alone accepts. To negate A it subtracts y from the field's order modulo 2^256 and reduces what
 * comes out: of many words it makes the y of the same point. Ours refuse a y that is not below the order, so that a
 * proof has one encoding.
 */
const SNARKJS_ALONE: Verdicts = { registry: false, batch: false, exported: false, snarkjs: true };

/** Four verifiers of one key, whose secrets are known: there is a proof of whatever signals. */
describe("registry, batches, exported verifier and snarkjs's contract", function () {
  let addresses: Record<"registry" | "exported" | "snarkjs", string>;
  let modelId: string;
  /** A valid proof to put beside others in batches. */
  let other: Statement;

  before(async () => {
    const key = verificationKeyOf("A", SIGNALS);
    const template = readFileSync(
      join(dirname(snarkjs), "..", "templates", "verifier_groth16.sol.ejs"),
      "utf8",
    );
    const ours = renderVerifier(key, { contractName: "OurVerifier", header: "For a test" });
    const registry = await ethers.deployContract("ModelRegistry");
    const commitment = { modelHash: ZeroHash, circuitHash: ZeroHash, setupHash: ZeroHash };
    await registry.register(encodeKey(key), commitment, "");
    modelId = await registry.modelIdOf(encodeKey(key), commitment);
    other = prove([1n, 2n, 3n]);
    addresses = {
      registry: await registry.getAddress(),
      exported: await deploy(ours, "OurVerifier"),
      snarkjs: await deploy(ejs.render(template, key), "Groth16Verifier"),
    };
  });

  async function deploy(source: string, name: string): Promise<string> {
    const { abi, bytecode } = compileSolidity(source, name);
    const [signer] = await ethers.getSigners();
    return (await new ethers.ContractFactory(abi, bytecode, signer).deploy()).getAddress();
  }

  async function call(to: string, data: string): Promise<boolean> {
    const answer = (await provider.request({
      method: "eth_call",
      params: [{ to, data, gas: "0xb71b00" }, "latest"],
    })) as string;
    return BigInt(answer) === 1n;
  }

  async function verdicts(statement: Statement): Promise<Verdicts> {
    const { proof, signals } = statement;
    const [ax, ay, bx1, bx0, by1, by0, cx, cy] = proof;
    const points = [
      [ax, ay],
      [
        [bx1, bx0],
        [by1, by0],
      ],
      [cx, cy],
    ];
    const single = VERIFIER.encodeFunctionData("verifyProof", [...points, signals]);
    const batches: Statement[][] = [
      [statement],
      [statement, other],
      [other, statement],
      [other, other, statement],
    ];
    const inBatch = await Promise.all(
      batches.map((batch) => {
        const args = [modelId, batch.map((one) => one.proof), batch.map((one) => one.signals)];
        return call(addresses.registry, REGISTRY.encodeFunctionData("verifyBatch", args as never));
      }),
    );
    // Beside valid proofs and alone, in every place.
    expect(new Set(inBatch).size, "batches that differ").to.equal(1);
    const verify = REGISTRY.encodeFunctionData("verify", [modelId, proof, signals] as never);
    return {
      registry: await call(addresses.registry, verify),
      batch: inBatch[0],
      exported: await call(addresses.exported, single),
      snarkjs: await call(addresses.snarkjs, single),
    };
  }

  /** A valid proof, one of many. */
  function prove(signals: readonly bigint[], which = 0): Statement {
    const { product, a, b } = PAIRS[which % PAIRS.length];
    return { signals, proof: [...a, ...b, ...g1(exponentOfC("A", signals, product))] };
  }

  const signal = fc.oneof(fc.bigInt(0n, R - 1n), fc.constantFrom(0n, 1n, R - 1n));
  const statement = fc
    .tuple(fc.array(signal, { minLength: SIGNALS, maxLength: SIGNALS }), fc.nat(3))
    .map(([signals, which]) => prove(signals, which));

  /** The verdicts on what a change makes of valid proofs; a change that does not apply gives undefined. */
  function check<T>(
    numbers: fc.Arbitrary<T>,
    change: (valid: Statement, numbers: T) => Statement | undefined,
    expected: Verdicts,
    numRuns = RUNS,
  ): Promise<void> {
    const property = fc.asyncProperty(statement, numbers, async (valid, drawn) => {
      const changed = change(valid, drawn);
      fc.pre(changed !== undefined);
      expect(await verdicts(changed)).to.deep.equal(expected);
    });
    return fc.assert(property, { numRuns });
  }

  const nothing = fc.constant(undefined);
  const withWord = ({ proof, signals }: Statement, place: number, word: bigint): Statement | undefined => {
    if (word < 0n || word >= WORD) return undefined;
    if (place < 8) return { signals, proof: proof.with(place, word) };
    return { proof, signals: signals.with(place - 8, word) };
  };
  const wordOf = ({ proof, signals }: Statement, place: number) => [...proof, ...signals][place];

  it("accept valid proofs", () => check(nothing, (valid) => valid, everybody(true)));

  it("accept (-A, -B, C), as Groth16 is malleable", () =>
    check(
      nothing,
      ({ proof: [ax, ay, bx1, bx0, by1, by0, ...c], signals }) => ({
        signals,
        proof: [ax, P - ay, bx1, bx0, P - by1, P - by0, ...c],
      }),
      everybody(true),
    ));

  it("refuse a word with other bits", () =>
    check(
      fc.tuple(fc.nat(7 + SIGNALS), fc.bigInt(1n, WORD - 1n)),
      (valid, [place, bits]) => withWord(valid, place, wordOf(valid, place) ^ bits),
      everybody(false),
    ));

  it("refuse a word that is one more or less", () =>
    check(
      fc.tuple(fc.nat(7 + SIGNALS), fc.constantFrom(1n, -1n)),
      (valid, [place, difference]) => withWord(valid, place, wordOf(valid, place) + difference),
      everybody(false),
    ));

  it("refuse the proof of other signals", () =>
    check(
      fc.tuple(fc.nat(SIGNALS - 1), signal),
      ({ proof, signals }, [place, other]) =>
        signals[place] === other ? undefined : { proof, signals: signals.with(place, other) },
      everybody(false),
    ));

  it("refuse signals that are too large, by multiples of the field's order or not", () =>
    check(
      fc.tuple(fc.nat(SIGNALS - 1), fc.oneof(fc.bigInt(1n, 5n), fc.constant(undefined))),
      (valid, [place, times]) =>
        withWord(valid, 8 + place, times === undefined ? WORD - 1n : valid.signals[place] + times * R),
      everybody(false),
    ));

  it("refuse coordinates that are too large by multiples of the base field's order", () =>
    check(
      fc.tuple(fc.nat(7), fc.bigInt(1n, 5n)),
      (valid, [place, times]) => withWord(valid, place, valid.proof[place] + times * P),
      everybody(false),
    ));

  it("differ in coordinates of A that wrap around: snarkjs's contract accepts them", () =>
    check(
      fc.bigInt(1n, 5n),
      (valid, times) => {
        const word = WORD + valid.proof[1] - times * P;
        return word < P ? undefined : withWord(valid, 1, word);
      },
      SNARKJS_ALONE,
    ));

  /** Proofs whose equation holds with a point at infinity, which the precompiled contracts write as (0, 0). */
  const infiniteA = ({ signals }: Statement): Statement => ({
    signals,
    proof: [0n, 0n, ...PAIRS[0].b, ...g1(exponentOfC("A", signals, 0n))],
  });

  it("accept A or B at infinity, if the equation holds", async () => {
    await check(nothing, infiniteA, everybody(true));
    const infiniteB = (valid: Statement): Statement => {
      const proof = infiniteA(valid).proof;
      return { ...valid, proof: [...PAIRS[1].a, 0n, 0n, 0n, 0n, ...proof.slice(6)] };
    };
    await check(nothing, infiniteB, everybody(true));
  });

  it("differ in A at infinity with another y than 0: snarkjs's contract accepts it", () =>
    check(
      fc.constantFrom(P, ...[1n, 2n, 3n, 4n].map((times) => WORD - times * P)),
      (valid, word) => withWord(infiniteA(valid), 1, word),
      SNARKJS_ALONE,
    ));

  it("refuse points at infinity in every combination, if the equation does not hold", () =>
    check(
      fc.integer({ min: 1, max: 7 }),
      ({ proof, signals }, mask) => {
        const zero = [1, 1, 2, 2, 2, 2, 4, 4].map((bit) => (mask & bit) !== 0);
        return { signals, proof: proof.map((word, i) => (zero[i] ? 0n : word)) };
      },
      everybody(false),
    ));

  it("refuse points of the curve over the extension that are outside of the group", () =>
    check(
      fc.tuple(fc.bigInt(0n, P - 1n), fc.bigInt(0n, P - 1n)),
      ({ proof, signals }, [c0, c1]) => {
        const x = Fp2.fromBigTuple([c0, c1]);
        const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), bn254.G2.Point.CURVE().b);
        // Half of the abscissas have a point, of which next to none is in the group.
        let y: typeof x;
        try {
          y = Fp2.sqrt(square);
        } catch {
          return undefined;
        }
        return { signals, proof: [...proof.slice(0, 2), x.c1, x.c0, y.c1, y.c0, ...proof.slice(6)] };
      },
      everybody(false),
      Math.min(RUNS, 300),
    ));

  it("refuse points off the curve", () =>
    check(
      fc.tuple(fc.constantFrom(0, 6), fc.bigInt(1n, P - 1n), fc.bigInt(1n, P - 1n)),
      ({ proof, signals }, [place, x, y]) => {
        if (Fp.sqr(y) === Fp.add(Fp.mul(Fp.sqr(x), x), 3n)) return undefined;
        return { signals, proof: proof.with(place, x).with(place + 1, y) };
      },
      everybody(false),
    ));
});
