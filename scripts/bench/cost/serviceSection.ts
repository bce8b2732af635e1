import { DEFAULTS } from "../../../src/service/ledger/options.js";
import type { Results } from "./results.js";
import { AT_A_TIME, BATCH, BLOCK, CONFIRMATIONS, type ServiceFigures } from "../service/figures.js";
import { count, seconds, table } from "./tables.js";

/** Provers of the projection, and seconds of a proof that it is made for beside the measured one. */
const [PROVERS, LONG_PROOF] = [100, 3];

/** Seconds of a block of Ethereum, and its gas. */
const [BLOCK_SECONDS, BLOCK_GAS] = [12, 36_000_000];

/** What a service sells, and what a larger one would be bound by; nothing where it was not measured. */
export function serviceSection({ service }: Pick<Results, "service">): string {
  if (service === undefined) return "";
  const rows = service.sales.map(({ provers, jobs, jobsPerMinute, p50, p99, proof, gas }) => [
    ...[count(provers), count(jobs), jobsPerMinute.toFixed(1), `${seconds(p50)} s`, `${seconds(p99)} s`],
    ...[`${seconds(proof)} s`, count(gas)],
  ]);
  return `## A service

\`npm run bench service\`. Answers of iris_mlp, each paid by a signature that the service relays. Service, provers, clients and the
node share this machine. ${AT_A_TIME} orders for each prover are under way at a time; blocks come every ${BLOCK === 1 ? "second" : `${BLOCK} s`}, and
${CONFIRMATIONS} on top of one makes it final. Latency is from the order to the proof, the funding included. Gas is that of a funding and of a part
of a settlement of up to ${BATCH} jobs.

${table([["provers", "jobs", "jobs per minute", "latency, p50", "p99", "proof", "gas per job"], ...rows])}

Where is the next limit? Each line is a bound by itself, in jobs per second. That of provers and that of transactions are
computed, the latter for blocks of ${BLOCK_SECONDS} s.

${table([["bound", "jobs per second"], ...boundsOf(service)])}`;
}

function boundsOf({ sales, quotes, ceiling }: ServiceFigures): string[][] {
  const [{ proof }] = sales;
  const { gas } = sales[sales.length - 1];
  const shown = (rate: number) => (rate < 100 ? rate.toFixed(1) : count(Math.round(rate)));
  const rows: [string, number][] = [
    [`${PROVERS} provers of ${seconds(proof)} s`, PROVERS / proof],
    [`${PROVERS} provers of ${LONG_PROOF} s`, PROVERS / LONG_PROOF],
    ["quotes of one service", quotes],
    ["jobs that the database accepts", ceiling.accept],
    ["proofs that it hands out and takes", ceiling.prove],
    [
      `fundings and settlements, ${DEFAULTS.mostOpen} transactions of one account in a block`,
      DEFAULTS.mostOpen / BLOCK_SECONDS / (1 + 1 / BATCH),
    ],
    [`the gas of whole blocks, ${count(BLOCK_GAS)}`, BLOCK_GAS / BLOCK_SECONDS / gas],
  ];
  return rows.sort(([, a], [, b]) => a - b).map(([bound, rate]) => [bound, shown(rate)]);
}
