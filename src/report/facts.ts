import type { Manifest } from "../artifacts/manifestForm.js";
import type { Table } from "./figure.js";
import { count, real, shape, shown } from "./words.js";

/** What a proof shows, by the modes of the manifest. */
export function modes({ inputMode, outputMode, weightCommitment, batches, segments }: Manifest): Table {
  const rows = [
    ["input", inputMode, INPUT_WORDS[inputMode]],
    ["output", outputMode, OUTPUT_WORDS[outputMode]],
    weightCommitment === undefined
      ? ["weights", "public", "constants of the circuit, which anybody can read"]
      : ["weights", "private", "a secret of the prover, with a public commitment"],
    ...(batches ?? []).map(({ jobs, constraints }) => [
      `batch of ${jobs}`,
      "one proof",
      `${count(constraints.nonlinear + constraints.linear)} constraints`,
    ]),
    ...(segments ?? []).map(({ constraints }, i) => [
      `segment ${i + 1}`,
      "a proof of its own",
      `${count(constraints.nonlinear + constraints.linear)} constraints`,
    ]),
  ];
  return { columns: ["of the", "mode", "which means"], rows };
}

const INPUT_WORDS: Readonly<Record<Manifest["inputMode"], string>> = {
  public: "a proof shows the input",
  committed: "a proof shows a salted commitment to the input",
  evaluated: "a proof shows a commitment to the input, in the form for inputs that contracts make",
};

const OUTPUT_WORDS: Readonly<Record<Manifest["outputMode"], string>> = {
  public: "a proof shows the values of the output",
  argmax: "a proof shows the class alone",
  committed: "a proof shows a commitment to the output, opened off chain",
  encrypted: "a proof shows words that client and provider read",
};

/** Elements with limits of their own that are listed one by one. */
const MOST_ELEMENTS = 40;

/** The inputs that can be proven: what is beyond is refused before any money moves. */
export function limits({ inputs }: Pick<Manifest, "inputs">): Table {
  return {
    columns: ["input", "shape", "least", "greatest", "step"],
    rows: inputs.flatMap(({ name, shape: sizes, scale, offset = [0], hi, packing, elements }) => {
      const own = Math.max(scale.length, offset.length);
      const each = Array.from({ length: own }, (_, i) => {
        const [unit, zero] = [scale[scale.length === 1 ? 0 : i], offset[offset.length === 1 ? 0 : i]];
        return { lo: packing.offset * unit + zero, hi: hi * unit + zero, unit };
      });
      const row = (label: string, some: typeof each) => [
        label,
        shape(sizes),
        real(Math.min(...some.map((one) => one.lo))),
        real(Math.max(...some.map((one) => one.hi))),
        real(Math.max(...some.map((one) => one.unit))),
      ];
      const title = shown(name);
      if (own === 1) return [row(title, each)];
      if (own > MOST_ELEMENTS) return [row(`${title}, all ${count(own)} elements together`, each)];
      return each.map((one, i) => row(`${title}, element ${elements?.[i] ?? i}`, [one]));
    }),
  };
}

/** What identifies the build. */
export function hashes({ model, setupHash, ceremony, hashes: files, weightCommitment }: Manifest): Table {
  const file = (name: string, hash: string | undefined) => (hash === undefined ? [] : [[name, hash]]);
  const named =
    weightCommitment === undefined ? `model file, ${shown(model.file)}` : "commitment to the weights";
  const rows = [
    [named, model.sha256],
    ["set-up, as it is registered", setupHash],
    ["constraint system, main.r1cs", ceremony.circuitHash],
    ...file("proving key, proving.zkey", files.zkey),
    ...file("verification key, verification_key.json", files.verificationKey),
    ...file("powers of tau of the key", ceremony.ptauHash ?? undefined),
    ...file("head of the ceremony's transcript", ceremony.transcript),
    ...ceremony.contributionHashes.map((hash, i) => [`contribution ${i + 1}`, hash]),
    ...file("beacon, the last contribution", ceremony.beacon ?? undefined),
  ];
  return { columns: ["of the", "hash"], rows };
}
