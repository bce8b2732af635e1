import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { SummedHistogram } from "./summedHistogram.js";
import { PROVING_BUCKETS, SETTLING_BUCKETS } from "./tally.js";

/** Upper bounds of the buckets of requests, in seconds. */
const REQUEST_BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 10];

/** All metrics of one service, in a registry of its own. Labels have few values: no job, no client, nothing that was sent. */
export function makeMeters() {
  const registry = new Registry();
  const named = <Label extends string>(name: string, help: string, ...labelNames: Label[]) => ({
    name: `torch2circom_${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  const gauge = <Label extends string>(...metric: Parameters<typeof named<Label>>) =>
    new Gauge(named(...metric));
  const counter = <Label extends string>(...metric: Parameters<typeof named<Label>>) =>
    new Counter(named(...metric));
  const summed = (name: string, help: string, buckets: readonly number[]) =>
    new SummedHistogram({ name: `torch2circom_${name}`, help }, buckets, registry);
  return {
    registry,
    /** Of the tables: empty where the database does not answer. */
    tables: {
      jobs: gauge("jobs", "Jobs, by the build's name and their state", "model", "state"),
      queueDepth: gauge("queue_depth", "Jobs that wait for a prover", "model"),
      provers: gauge("provers", "Provers that are alive, by the build that they have", "model", "build"),
      attempts: counter("attempts_total", "Runs of provers on jobs that have ended", "model", "outcome"),
      earned: counter(
        "earned_total",
        "Earned by jobs that are final, in the token's smallest units",
        "token",
      ),
      openTransactions: gauge("transactions_open", "Transactions that are not final", "state"),
      transactions: counter("transactions_total", "Transactions that are final", "status"),
      gasUsed: counter("gas_used_total", "Gas that final transactions used"),
      gasPaid: counter("gas_paid_wei_total", "Wei that final transactions paid for gas"),
    },
    proving: summed("proving_seconds", "Time from a job's input to its proof", PROVING_BUCKETS),
    settling: summed("settling_seconds", "Time from a proof to its final settlement", SETTLING_BUCKETS),
    databaseUp: gauge("database_up", "1 where the database has answered for this scrape, otherwise 0"),
    balance: gauge(
      "balance_wei",
      "Of the signing account; not there where the node has not told for five minutes",
    ),
    freeBytes: gauge("state_free_bytes", "Free on the disk of the own database"),
    streams: gauge("event_streams", "Streams of events that are open"),
    ledgerErrors: counter(
      "ledger_errors_total",
      "Failures of the node and of the database in transactions",
      "part",
    ),
    stepFailures: counter("step_failures_total", "Failures of the service's repeated steps", "step"),
    quotes: counter("quotes_total", "Quotes made", "model"),
    refused: counter("quotes_refused_total", "Quotes refused, by the code of the reason", "model", "reason"),
    requests: new Histogram({
      ...named("http_request_seconds", "Time until a request was answered", "method", "route", "status"),
      buckets: REQUEST_BUCKETS,
    }),
  };
}

export type Meters = ReturnType<typeof makeMeters>;
