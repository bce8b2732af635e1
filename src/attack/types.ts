import type { R1cs } from "../circom/r1cs.js";
import type { CircuitText } from "../circom/text/circuit.js";
import type { CircuitInput } from "../circom/witnessGenerator.js";
import type { Proof, PublicSignals, VerificationKey } from "../groth16/types.js";
import type { Packing } from "../netlist/types.js";
import type { InputMode } from "../program/modes.js";
import type { Program } from "../program/types.js";
import type { Signals } from "./signals.js";

/** A compiled circuit with honest witnesses: all that an attack reads. */
export interface AttackTarget {
  readonly name: string;
  readonly r1cs: R1cs;
  readonly signals: Signals;
  /** Structure of the circuit's text. */
  readonly circuit: CircuitText;
  /** Text of the circuit, and of the constants that it includes. */
  readonly main: string;
  readonly constants: string;
  /** Text of the circuit library, one file after the other. */
  readonly library: string;
  readonly program: Program;
  /** Text of `program.json`, in which secret weights are left out. */
  readonly programJson: string;
  readonly inputs: readonly { readonly signal: string; readonly packing: Packing }[];
  readonly outputs: readonly Packing[];
  readonly inputMode: InputMode;
  /** The public signals that output words would be shown as: these, or the commitment to them. */
  readonly show: (words: readonly bigint[]) => readonly bigint[];
  /** How many words hold private weights. */
  readonly weightWords: number;
  /** The sample that is attacked, and its honest witness. */
  readonly input: CircuitInput;
  readonly witness: readonly bigint[];
  /** Honest witnesses of other samples, of which forgeries take parts. */
  readonly donors: readonly (readonly bigint[])[];
  /** Programs with other weights, that this circuit must not answer for. */
  readonly others: readonly { readonly name: string; readonly program: Program }[];
  /** The key and the prover; undefined where only the constraints are attacked. */
  readonly key?: KeyTarget;
}

/** The verification key, and what proves and verifies with it. */
export interface KeyTarget {
  readonly verificationKey: VerificationKey;
  prove(witness: readonly bigint[]): Promise<{ proof: Proof; publicSignals: PublicSignals }>;
  verify(publicSignals: PublicSignals, proof: Proof): Promise<boolean>;
}

/** What was accepted, and should not have been. */
export interface Hole {
  readonly what: string;
  /** `name: honest -> forged` of the wires that were changed, or what else shows it. */
  readonly evidence: string;
}

/** Wires that may take several values, with the reason why that does no harm. */
export interface FreeWire {
  readonly wire: string;
  readonly reason: string;
}

export interface FamilyReport {
  readonly id: string;
  readonly title: string;
  readonly tried: number;
  readonly refused: number;
  /** One forgery and the constraint, or the check, that refused it. */
  readonly example: { readonly what: string; readonly by: string } | null;
  readonly free: readonly FreeWire[];
  readonly holes: readonly Hole[];
  readonly notes: readonly string[];
}

export interface AttackReport {
  readonly model: string;
  readonly constraints: number;
  readonly wires: number;
  readonly tried: number;
  readonly seconds: number;
  readonly families: readonly FamilyReport[];
  /**
   * How many holes were found. 0 says that none of `tried` forgeries of these families was accepted, and no more: it
   * does not say that there is none.
   */
  readonly found: number;
}
