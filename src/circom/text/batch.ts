import type { Batch } from "../../netlist/batch.js";
import type { SignalText, Statement } from "./circuit.js";
import { ZERO } from "./connection.js";
import { BLANK, commented, connected, declared, instance, placed } from "./making.js";
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
    declared("input", SIGNALS.salt),
    declared("input", SIGNALS.challenge),
    commented("Public, in this order"),
    ...BATCH.outputs.map((name) => declared("output", name)),
    BLANK,
    commented(`${wordsPerJob} words of each job, in the order of the model's public signals`),
    instance(BATCH.commit, TEMPLATES.commitAndEvaluate, { count, first: 0, domain: BigInt(domain) }),
    connected({ to: `${BATCH.commit}.salt`, from: SIGNALS.salt }),
    connected({ to: `${BATCH.commit}.challenge`, from: SIGNALS.challenge }),
    ...copies.flatMap((job) => [
      BLANK,
      commented(`Job ${job}`),
      ...ofModel.flatMap((statement) => copied(statement, job)),
      ...intoWords(shown, job, job * wordsPerJob),
    ]),
    BLANK,
    commented("What is public"),
    connected({ to: BATCH.evaluation, from: `${BATCH.commit}.evaluation` }),
    connected({ to: BATCH.challenge, from: SIGNALS.challenge }),
    connected({ to: BATCH.commitment, from: `${BATCH.commit}.commitment` }),
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
  return shown.map((signal) => {
    const statement = placed(`${BATCH.commit}.words`, at, { ...signal, name: ofJob(job, signal.name) });
    at += signal.size ?? 1;
    return statement;
  });
}
