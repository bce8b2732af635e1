import type { ErrorCode } from "../../errors/codes.js";
import { HttpError } from "../../errors/httpError.js";
import { operatorView, type Trouble } from "../books/operatorView.js";
import { JobHistories } from "../chain/jobHistories.js";
import { JobEvents } from "../events/jobEvents.js";
import type { Service } from "../http/service.js";
import type { Ledger } from "../ledger/ledger.js";
import type { Problem } from "../log.js";
import { Metrics } from "../metrics/metrics.js";
import { GasRule } from "../orders/gasRule.js";
import type { Orders } from "../orders/orders.js";
import { DEFAULT_SECONDS, type ServiceOptions } from "./options.js";
import { Promises } from "./promises.js";
import type { Rounds } from "./rounds.js";
import { CARRY_OUT, NEEDED } from "./steps.js";

const LACKING: readonly ErrorCode[] = ["INSUFFICIENT_FUNDS", "DISK_FULL"];

/** Seconds after which a client asks again for a quote that was not made. */
const RETRY_AFTER = 60;

/** What the routes ask, answered by the parts of a service that runs. */
export function serviceOf(
  options: ServiceOptions,
  orders: Orders,
  rounds: Rounds,
  metrics: Metrics,
): Service {
  const { shop, state, mostSeconds = DEFAULT_SECONDS, ledger, log, provider } = options;
  const promises = new Promises(state.database, mostSeconds);
  const rule = new GasRule(provider, state.database, ledger.maxGasPrice, !shop.chain.isLocal);
  const histories = new JobHistories(shop.contracts);
  return {
    shop,
    expected: (model) => promises.secondsOf(model),
    promised: async (model, price) => {
      for (const step of NEEDED) requireNone(rounds.failureOf(step));
      await rule.require(model, price);
      return promises.require(model);
    },
    keep: (quote) => orders.keep(quote),
    relay: (id, authorization) => orders.relay(id, authorization),
    accept: (id, authorization) => orders.accept(id, authorization),
    deliver: (id, delivery) =>
      orders.deliver(id, delivery, async (model, price) => {
        await rule.require(model, price);
        return promises.secondsOf(model);
      }),
    job: (id, ticket) => orders.job(id, ticket),
    paidBy: (id) => orders.paidBy(id),
    history: (id) => histories.read(id),
    operator: operatorView({
      sql: state.database,
      ...{ shop, mostSeconds, metrics },
      expected: (model) => promises.secondsOf(model),
      troubles: () => troublesOf(rounds),
    }),
    checkReady: async () => {
      const failure = rounds.failureOf(CARRY_OUT);
      if (failure !== undefined)
        throw new HttpError(503, failure.problem, "See the service's log.", failure.code);
      await state.database.query("select 1");
      await provider.getBlockNumber();
    },
    events: new JobEvents(state.database, log),
    metrics,
    log,
  };
}

export function metricsOf(
  { state, shop, provider }: ServiceOptions,
  ledger: Ledger,
  rounds: Rounds,
): Metrics {
  return new Metrics({
    sql: state.database,
    balance: () => provider.getBalance(shop.provider),
    ledgerErrors: () => ledger.errors,
    stepFailures: () => rounds.failureCounts,
    folder: state.folder,
  });
}

function troublesOf(rounds: Rounds): Trouble[] {
  return [...rounds.failureCounts.keys()].flatMap((step) => {
    const problem = rounds.failureOf(step);
    return problem === undefined ? [] : [{ step, ...problem }];
  });
}

/** @throws HttpError 503 where the service lacks what it needs for another job */
function requireNone(failure: Problem | undefined): void {
  // Whatever else has failed, such as the database, the request finds out itself.
  if (failure === undefined || !LACKING.includes(failure.code)) return;
  const { code, problem } = failure;
  throw new HttpError(503, problem, "Ask again later: nothing was sold.", code, RETRY_AFTER);
}
