import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RowWriter } from "../../src/link/rowWriter.js";
import { loadCurve, snarkjs } from "../contracts/helpers/snarkjs.js";
import { writeDevelopmentPowersOfTau } from "../helpers/developmentPowersOfTau.js";

/** Of the circuit, the publics among its wires, and the power of its domain: the least above constraints and publics. */
export const CIRCUIT = { constraints: 40, wires: 30, publics: 3, power: 6 } as const;

/** Of the beacon of the last key. */
export const BEACON = { hash: "0102030405060708090a0b0c0d0e0f10", exponent: 10 } as const;

/** Paths of good keys of one ceremony, and of what they are made from. */
export interface Keys {
  readonly r1cs: string;
  /** A circuit that differs in one coefficient. */
  readonly otherR1cs: string;
  /** Of the power of the circuit, and of one more. */
  readonly ptau: string;
  readonly largerPtau: string;
  /** Without a contribution, with one, with two, and with a beacon after them. */
  readonly zkeys: readonly [string, string, string, string];
}

let made: Promise<Keys> | undefined;

/** Powers of tau and a ceremony, made once by snarkjs for a circuit of many different rows. */
export function sharedKeys(): Promise<Keys> {
  if (made === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "phase2-keys-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    made = makeKeys(folder);
  }
  return made;
}

async function makeKeys(folder: string): Promise<Keys> {
  const path = (name: string): string => join(folder, name);
  const keys = {
    r1cs: path("circuit.r1cs"),
    otherR1cs: path("other.r1cs"),
    ptau: path("power.ptau"),
    largerPtau: path("larger.ptau"),
    zkeys: [0, 1, 2, 3].map((i) => path(`${i}.zkey`)) as unknown as Keys["zkeys"],
  };
  writeCircuit(keys.r1cs, 5);
  writeCircuit(keys.otherR1cs, 6);
  await loadCurve();
  await writeDevelopmentPowersOfTau(CIRCUIT.power, keys.ptau);
  await writeDevelopmentPowersOfTau(CIRCUIT.power + 1, keys.largerPtau);
  const { zKey } = snarkjs;
  const entropy = (): string => randomBytes(32).toString("hex");
  await zKey.newZKey(keys.r1cs, keys.ptau, keys.zkeys[0]);
  await zKey.contribute(keys.zkeys[0], keys.zkeys[1], "first", entropy());
  await zKey.contribute(keys.zkeys[1], keys.zkeys[2], "second", entropy());
  await zKey.beacon(keys.zkeys[2], keys.zkeys[3], "beacon", BEACON.hash, BEACON.exponent);
  return keys;
}

/** Rows of which each has other wires; nobody needs a witness. Some wires are in no row of B, and have no point there. */
function writeCircuit(path: string, coefficient: number): void {
  const { constraints, wires, publics } = CIRCUIT;
  const writer = new RowWriter(path, {
    wires,
    publicOutputs: 1,
    publicInputs: publics - 1,
    privateInputs: 4,
  });
  for (let row = 0; row < constraints; row++) {
    const combination = (terms: readonly (readonly [number, number])[]): void => {
      writer.combination(terms.length);
      for (const [wire, value] of [...terms].sort(([a], [b]) => a - b)) writer.smallTerm(wire, value);
    };
    combination([
      [row % wires, 1],
      [(row + 7) % wires, -3],
    ]);
    combination([[(3 * row) % 20, row === 11 ? coefficient : 2]]);
    combination([
      [(row + 1) % wires, -1],
      [(row + 2) % wires, row + 1],
    ]);
    writer.endRow();
  }
  writer.close();
}
