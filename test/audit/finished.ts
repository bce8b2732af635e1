import { copyFile, writeFile } from "node:fs/promises";
import { hashFile, hashOf } from "../../src/artifacts/hash.js";
import { setupHash } from "../../src/artifacts/manifest.js";
import { pathsIn } from "../../src/artifacts/paths.js";
import type { KeyedCircuit } from "../../src/ceremony/circuits.js";
import { contributeHere } from "../../src/ceremony/contribute.js";
import { verificationKeyText } from "../../src/ceremony/finished.js";
import { extendCeremony, openCeremony, type Ceremony } from "../../src/ceremony/folder.js";
import { initializeCeremony } from "../../src/ceremony/initialize.js";
import type { Transcript } from "../../src/ceremony/transcript.js";
import { smallCircuit } from "../ceremony/circuit.js";

export type Made = Awaited<ReturnType<typeof smallCircuit>>;

/** A small circuit whose key two contributions were made to, and the end of its ceremony. */
export async function finishedCircuit(): Promise<Made & { readonly transcript: Transcript }> {
  const made = await smallCircuit();
  await initializeCeremony(made.circuit, made.ptau);
  for (const name of ["provider", "client"]) await contributeHere(made.circuit.ceremony, { name });
  const { transcript, circuit } = await finish(made.circuit);
  return { ...made, circuit, transcript };
}

/** Ends a ceremony and makes its key the circuit's. */
export async function finish(circuit: KeyedCircuit): Promise<Ceremony & { readonly circuit: KeyedCircuit }> {
  const open = await openCeremony(circuit.ceremony);
  const { key } = open.transcript;
  const verificationKey = hashOf(verificationKeyText(open.key));
  const entry = { type: "final" as const, key, verificationKey, time: "2026-11-26T00:00:00Z" };
  const ceremony = open.transcript.isFinal ? open : await extendCeremony(open, entry);
  const paths = pathsIn(circuit.folder);
  await copyFile(ceremony.key, paths.zkey);
  await writeFile(paths.verificationKey, verificationKeyText(ceremony.key));
  return { ...ceremony, circuit: await keyed(circuit, ceremony.transcript) };
}

/** A circuit as the manifest has it after the ceremony. */
export async function keyed(circuit: KeyedCircuit, transcript: Transcript): Promise<KeyedCircuit> {
  const { init, contributions, beacon, head } = transcript;
  const ceremony = {
    circuitHash: await hashFile(pathsIn(circuit.folder).r1cs),
    ptauHash: init.ptau.sha256,
    powersOfTau: { power: init.ptau.power, blake2b512: init.ptau.blake2b512 },
    contributionHashes: contributions.map(({ hash }) => hash),
    beacon: beacon?.hash ?? null,
    transcript: head,
    tools: {},
  };
  const parts = { setup: "ceremony" as const, ceremony };
  return { ...circuit, manifest: { ...circuit.manifest, ...parts, setupHash: setupHash(parts) } };
}
