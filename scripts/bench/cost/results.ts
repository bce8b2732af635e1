import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { ServiceFigures } from "../service/figures.js";
import type { Facts, Run, StageName } from "./types.js";

export const ROOT = join(import.meta.dirname, "..", "..", "..");
export const DOCS = join(ROOT, "docs");
const FILE = join(DOCS, "benchmarks.json");

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** In GB. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
}

/** A model, and what was measured of it. */
export interface Measured extends Facts {
  readonly runs: Readonly<Partial<Record<StageName, readonly Run[]>>>;
}

/** All figures of `docs/benchmarks.json`. */
export interface Results {
  /** None before the first figure. */
  readonly machine?: Machine;
  /** By part of the bench, by model. */
  readonly models: Readonly<Record<string, Measured>>;
  /** Constraints of one element or window, by gadget. */
  readonly gadgets: Readonly<Record<string, number>>;
  /** None before it was measured. */
  readonly service?: ServiceFigures;
}

const NONE: Results = { models: {}, gadgets: {} };

export function readResults(): Results {
  return JSON.parse(readFileSync(FILE, "utf8")) as Results;
}

/** Replaces the file at once, so that an interruption leaves the one from before. */
export function writeResults(results: Results): void {
  writeFileSync(`${FILE}.part`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${FILE}.part`, FILE);
}

/** Forgets all figures. */
export function startOver(): void {
  writeResults(NONE);
}

function thisMachine(): Machine {
  return {
    cpu: cpus()[0].model.trim(),
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** What differs where the figures are of another machine than this: they would not be comparable. */
export function otherMachine(): Machine | undefined {
  const { machine } = readResults();
  return JSON.stringify(machine ?? thisMachine()) === JSON.stringify(thisMachine()) ? undefined : machine;
}

export function addRun(model: string, stage: StageName, run: Run, facts: Facts): void {
  const results = readResults();
  const before: Measured = results.models[model] ?? { runs: {} };
  const runs = { ...before.runs, [stage]: [...(before.runs[stage] ?? []), run] };
  const models = { ...results.models, [model]: { ...before, ...facts, runs } };
  writeResults({ ...results, machine: thisMachine(), models });
}

export function addGadget(gadget: string, constraints: number): void {
  const results = readResults();
  writeResults({
    ...results,
    machine: thisMachine(),
    gadgets: { ...results.gadgets, [gadget]: constraints },
  });
}

export function addService(service: ServiceFigures): void {
  writeResults({ ...readResults(), machine: thisMachine(), service });
}
