import { availableParallelism } from "node:os";
import { fileState } from "../../artifacts/hash.js";
import { type Witness, witnessElements } from "../../circom/witnessFile.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { ProcessPool } from "../../progress/pool.js";
import { runInThread } from "../../progress/thread.js";
import { encodeScalars, randomScalar } from "../field.js";
import { otherCircuit, unusableKey, unverifiedProof } from "../keyErrors.js";
import { requireKey } from "../prove.js";
import type { Prover } from "../prover.js";
import { snarkjsProver } from "../snarkjsProver.js";
import type { Proof, ProveReturnType, PublicSignals, VerificationKey } from "../types.js";
import { KeyFile, type KeyHeader, type PointsName } from "./keyFile.js";
import type { Polynomial } from "./quotient.js";
import type { WarmRun, WarmWork, WitnessPart } from "./warmThread.js";

const THREAD = new URL("./warmThread.js", import.meta.url);

/** The least domain for which another process is started: less work does not earn its start. */
const SIZE_PER_PROCESS = 2 ** 13;

const POLYNOMIALS: readonly Polynomial[] = ["a", "b", "c"];
const SECTIONS: readonly PointsName[] = ["a", "b1", "b2", "c"];

/** More would each hold the curve and the witness for little work. */
const MOST_PROCESSES = 8;

export interface WarmOptions {
  /** Processes that verify. @default the ones that all provers share */
  readonly pool?: ProcessPool;
  /** How many processes share the work. @default as many as there are cores, at most 8; fewer for small circuits */
  readonly processes?: number;
  /** Draws the secret scalars of a proof: r, then s. */
  readonly randomScalar?: () => bigint;
}

/** A key that is open in processes. */
interface OpenKey {
  readonly zkey: string;
  /** What tells that the file has changed. */
  readonly state: string;
  readonly header: KeyHeader;
  /** One process each, which holds a part of the key. */
  readonly pools: readonly ProcessPool[];
}

/**
 * An engine of its own for many proofs with one key: processes keep the curve and their parts of the key, and a proof
 * takes a fraction of what snarkjs takes for it. Only the witness and sums travel.
 */
export class WarmProver implements Prover {
  readonly name = "warm";
  readonly verify: Prover["verify"];
  private readonly closeVerifier: () => void;
  private open: OpenKey | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: WarmOptions = {}) {
    const verifier = snarkjsProver(options.pool);
    this.verify = verifier.verify;
    this.closeVerifier = verifier.close;
  }

  /** Makes a proof as {@link Prover.prove} does, after the one before: each takes all cores. */
  prove(zkey: string, witness: Witness, verificationKey: VerificationKey): Promise<ProveReturnType> {
    const proof = this.last.then(() => this.proveNow(zkey, witness, verificationKey));
    this.last = proof.catch(() => undefined);
    return proof;
  }

  close(): void {
    this.closeKey();
    this.closeVerifier();
  }

  private async proveNow(
    zkey: string,
    witness: Witness,
    verificationKey: VerificationKey,
  ): Promise<ProveReturnType> {
    const start = performance.now();
    const key = await this.openKey(zkey);
    const { wires, publics } = key.header;
    const bytes = witness instanceof Uint8Array ? witness : encodeScalars(witnessElements(witness));
    const publicSignals: PublicSignals = witnessElements(witness, 1, 1 + publics).map(String);
    if (bytes.length !== 32 * wires) throw otherCircuit(zkey);
    const proof = await proofOf(key, bytes, this.options.randomScalar ?? randomScalar);
    if (!(await this.verify(verificationKey, publicSignals, proof))) throw unverifiedProof(zkey);
    return { proof, publicSignals, seconds: (performance.now() - start) / 1000 };
  }

  /** The processes of the key, new ones if it is another or has changed. */
  private async openKey(zkey: string): Promise<OpenKey> {
    await requireKey(zkey);
    const state = `${zkey} ${await fileState(zkey)}`;
    if (this.open?.state === state) return this.open;
    this.closeKey();
    const header = readHeader(zkey);
    const { processes = processesFor(header.size) } = this.options;
    const pools = Array.from({ length: processes }, () => new ProcessPool(THREAD, [], 1));
    this.open = { zkey, state, header, pools };
    return this.open;
  }

  private closeKey(): void {
    for (const pool of this.open?.pools ?? []) pool.close();
    this.open = undefined;
  }
}

async function proofOf(key: OpenKey, witness: Uint8Array, randomScalar: () => bigint): Promise<Proof> {
  const { zkey, header, pools } = key;
  const run = <Result>(process: number, work: WarmWork): Promise<Result> =>
    runInThread<Result>(THREAD, { zkey, ...work } satisfies WarmRun, { warm: pools[process] });
  const { values, sums } = await witnessParts(witness, pools.length, run);
  const starts = [...pools.keys(), pools.length].map((i) => Math.floor((header.size * i) / pools.length));
  const quotient = await Promise.all(
    pools.map((_, i) => {
      const [first, end] = [starts[i], starts[i + 1]];
      const share = values.map((bytes) => bytes.subarray(32 * first, 32 * end));
      return run<Uint8Array>(i, { kind: "quotient", first, values: share });
    }),
  );
  const [a, b1, b2, c] = sums;
  // Each proof draws its own: with the same for two, anybody could learn about the witnesses.
  const blinding = { r: randomScalar(), s: randomScalar() };
  return run<Proof>(0, { kind: "assemble", sums: { a, b1, b2, c, quotient }, blinding });
}

/** The values of A, B and C, and the sums of the sections of wires, from all processes. */
async function witnessParts(
  witness: Uint8Array,
  processes: number,
  run: <Result>(process: number, work: WarmWork) => Promise<Result>,
): Promise<WitnessPart> {
  const homes = Array.from({ length: processes }, (_, i) => ({
    polynomials: POLYNOMIALS.filter((_polynomial, k) => k % processes === i),
    // The sums take about as long as one polynomial.
    sections: POLYNOMIALS.length % processes === i ? SECTIONS : [],
  }));
  const parts = await Promise.all(
    homes.map(({ polynomials, sections }, i) =>
      polynomials.length + sections.length === 0
        ? { values: [], sums: [] }
        : run<WitnessPart>(i, { kind: "witness", witness, polynomials, sections }),
    ),
  );
  const found = new Map(
    homes.flatMap(({ polynomials }, i) => polynomials.map((p, k) => [p, parts[i].values[k]])),
  );
  return { values: POLYNOMIALS.map((name) => found.get(name)!), sums: parts.flatMap(({ sums }) => sums) };
}

function processesFor(size: number): number {
  return Math.max(1, Math.min(availableParallelism(), MOST_PROCESSES, Math.floor(size / SIZE_PER_PROCESS)));
}

function readHeader(zkey: string): KeyHeader {
  try {
    const key = new KeyFile(zkey);
    key.close();
    return key.header;
  } catch (error) {
    if (error instanceof Torch2CircomError) throw error;
    throw unusableKey(zkey, (error as Error).message, error as Error);
  }
}
