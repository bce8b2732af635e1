import type { Batch } from "../../netlist/batch.js";
import type { SignalText, Statement } from "./circuit.js";
import { run, ZERO } from "./connection.js";
import { BATCH, COMPONENTS, ofJob, SIGNALS, TEMPLATES } from "./names.js";
import { statementsOf } from "./statements.js";

/**
 * Batch -> the statements of its circuit: those of the model for each job, and the words that are public of each job into
 * one commitment and one polynomial, which are public instead.
 */
export function batchStatements({ jobs, netlist, wordsPerJob, domain }: Batch): Statement[] {
  const ofModel = statementsOf(netlist);
  const shown = shownOf(ofModel);
  const count = jobs * wordsPerJob;
  const copies = Array.from({ length: jobs }, (_, job) => job);
  return [
    commented("The commitment to all words needs no salt of its own: they are public"),
    signal("input", SIGNALS.salt),
    signal("input", SIGNALS.challenge),
    commented("Public, in this order"),
    ...BATCH.outputs.map((name) => signal("output", name)),
    { kind: "blank" },
    commented(`${wordsPerJob} words of each job, in the order of the model's public signals`),
    {
      kind: "component",
      component: {
        name: BATCH.commit,
        template: TEMPLATES.commitAndEvaluate,
        arguments: new Map<string, number | bigint>([
          ["count", count],
          ["first", 0],
          ["domain", BigInt(domain)],
        ]),
      },
    },
    connected(`${BATCH.commit}.salt`, SIGNALS.salt),
    connected(`${BATCH.commit}.challenge`, SIGNALS.challenge),
    ...copies.flatMap((job) => [
      { kind: "blank" as const },
      commented(`Job ${job}`),
      ...ofModel.flatMap((statement) => copied(statement, job)),
      ...intoWords(shown, job, job * wordsPerJob),
    ]),
    { kind: "blank" },
    commented("What is public"),
    connected(BATCH.evaluation, `${BATCH.commit}.evaluation`),
    connected(BATCH.challenge, SIGNALS.challenge),
    connected(BATCH.commitment, `${BATCH.commit}.commitment`),
  ];
}

/** The public signals of a model's circuit, in their order. */
function shownOf(statements: readonly Statement[]): readonly SignalText[] {
  const declared = statements.flatMap((statement) => (statement.kind === "signal" ? [statement] : []));
  const outputs = declared.filter(({ role }) => role === "output").map((one) => one.signal);
  return [...outputs, { name: SIGNALS.binding }];
}

/** A statement of a job: what the model's circuit shows is a wire here. */
function copied(statement: Statement, job: number): Statement[] {
  switch (statement.kind) {
    case "blank":
    case "comment":
      return [statement];
    case "signal": {
      const { role, signal: own } = statement;
      const name = ofJob(job, own.name);
      return [{ ...statement, role: role === "output" ? "wires" : role, signal: { ...own, name } }];
    }
    case "component":
      // The binding is among the words.
      if (statement.component.name === COMPONENTS.bind) return [];
      return [
        { ...statement, component: { ...statement.component, name: ofJob(job, statement.component.name) } },
      ];
    case "connection": {
      const { to, from } = statement.connection;
      if (to === `${COMPONENTS.bind}.in`) return [];
      const source = from === ZERO ? ZERO : ofJob(job, from);
      return [{ ...statement, connection: { ...statement.connection, to: ofJob(job, to), from: source } }];
    }
  }
}

function intoWords(shown: readonly SignalText[], job: number, first: number): Statement[] {
  let at = first;
  return shown.map(({ name, size }) => {
    const loops = size === undefined ? { counts: [], to: { start: at, strides: [] } } : run(size, at, 0);
    at += size ?? 1;
    return { kind: "connection", connection: { to: `${BATCH.commit}.words`, from: ofJob(job, name), loops } };
  });
}

function commented(text: string): Statement {
  return { kind: "comment", text };
}

function signal(role: "input" | "output", name: string): Statement {
  return { kind: "signal", role, signal: { name } };
}

function connected(to: string, from: string): Statement {
  return { kind: "connection", connection: { to, from } };
}
