import type { FastifyInstance } from "fastify";
import { explain } from "../../client/errors.js";
import type { ErrorCode } from "../../errors/codes.js";
import { HttpError } from "../../errors/httpError.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { JobEvents } from "../events/jobEvents.js";
import { httpServer } from "../http/server.js";
import type { Service } from "../http/service.js";
import { Ledger } from "../ledger/ledger.js";
import { DEFAULTS } from "../ledger/options.js";
import { NodeError } from "../ledger/node.js";
import { Metrics } from "../metrics/metrics.js";
import { addToTally } from "../metrics/tally.js";
import type { Problem } from "../log.js";
import { modelOf } from "../offer/shop.js";
import { withdrawEarnings } from "../orders/earnings.js";
import { checkEscrow } from "../orders/escrowChecks.js";
import { findFundings, followFundings } from "../orders/fundings.js";
import { GasRule } from "../orders/gasRule.js";
import { Orders } from "../orders/orders.js";
import { refundLost } from "../orders/refunds.js";
import { beginSettlements, followSettlements } from "../orders/settlements.js";
import { enqueueProvable, eraseInputs, expireQuotes } from "../orders/upkeep.js";
import { buildOf } from "../provers/builds.js";
import { offerBuild } from "../provers/offered.js";
import { startProver, type RunningProver } from "../provers/prover.js";
import { Queue } from "../provers/queue.js";
import { isInTime } from "../provers/work.js";
import { EventStore } from "../watcher/eventStore.js";
import { endTaken } from "../watcher/taken.js";
import { Watcher } from "../watcher/watcher.js";
import { chainView } from "./chainView.js";
import { LEAST_FREE, requireCoin, requireRoom } from "./means.js";
import { DEFAULT_HOST, DEFAULT_PORT, type ServiceOptions } from "./options.js";
import { Promises } from "./promises.js";
import { Rounds, type Step } from "./rounds.js";

/** A service that runs. */
export interface RunningService {
  /** Where it listens. */
  readonly url: string;
  /** Takes no other request and no other job, and ends after the proofs in hand. The state stays the caller's. */
  close(): Promise<void>;
  /** Ends the proofs in hand, too. */
  end(): Promise<void>;
}

const CARRY_OUT = "carry out";

/** Steps whose failure stops quotes: what is sold has to be carried out. */
const NEEDED = ["watch the account", "watch the disk"] as const;

const LACKING: readonly ErrorCode[] = ["INSUFFICIENT_FUNDS", "DISK_FULL"];

/** Seconds after which a client asks again for a quote that was not made. */
const RETRY_AFTER = 60;

/**
 * Sells answers: takes orders over HTTP, gets them paid, proven and settled.
 *
 * @throws Torch2CircomError where the account is another process's, the node or the database does not answer, or the port is taken
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { state, shop, log } = options;
  const { database, key } = state;
  const queue = await Queue.open(database, log);
  const ledger = await openLedger(options).catch(async (error: unknown) => {
    await queue.close();
    throw error;
  });
  const provers: RunningProver[] = [];
  let server: FastifyInstance | undefined;
  let rounds: Rounds | undefined;
  const close = async () => {
    await server?.close();
    for (const prover of provers) prover.stop();
    await Promise.all(provers.map(({ ended }) => ended));
    await rounds?.stop();
    await ledger.close();
    await queue.close();
  };
  try {
    for (const { model } of shop.models) await offerBuild(database, queue, buildOf(model.manifest));
    await enqueueProvable(database, queue);
    for (let i = 0; i < (options.provers ?? 1); i++) provers.push(await startProver(proverOf(options)));
    rounds = new Rounds(stepsOf(options, ledger, queue), log);
    const orders = new Orders(
      shop,
      database,
      ledger,
      queue,
      key,
      (name) => buildOf(modelOf(shop, name).model.manifest).build,
    );
    const metrics = metricsOf(options, ledger, rounds);
    server = await httpServer(serviceOf(options, orders, rounds, metrics), options.http);
    const { host = DEFAULT_HOST, port = DEFAULT_PORT } = options;
    const url = await server.listen({ host, port }).catch((error: unknown) => {
      throw notListening(host, port, error as NodeJS.ErrnoException);
    });
    const end = () => {
      for (const prover of provers) prover.end();
      return close();
    };
    return { url, close, end };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is done in every round, in the order of a job's way. */
function stepsOf(options: ServiceOptions, ledger: Ledger, queue: Queue): Step[] {
  const { shop, state, provider, settling, withdrawing = {}, keepInputs = 24 * 3600 } = options;
  const { leastFree = LEAST_FREE } = options;
  const { database, folder } = state;
  const [account, disk] = NEEDED;
  const confirmations = options.ledger.confirmations ?? DEFAULTS.confirmations;
  const { statusOf, fundingOf } = chainView(shop.contracts, confirmations);
  const watcher = watcherOf(options, confirmations);
  return [
    [account, () => requireCoin(provider, shop.provider, database)],
    [disk, async () => folder !== undefined && requireRoom(folder, leastFree)],
    [CARRY_OUT, () => ledger.tick()],
    ["follow payments", () => followFundings(database, queue, fundingOf)],
    ["find payments", () => findFundings(database, queue, fundingOf)],
    ["read events", () => watcher.round()],
    ["ask the escrow", () => checkEscrow(database, statusOf)],
    ["end jobs of others", () => endTaken(database)],
    ["settle", () => beginSettlements(shop, database, ledger, settling)],
    ["follow settlements", () => followSettlements(database, statusOf)],
    ["refund", () => refundLost(shop.contracts, database, ledger, statusOf)],
    ["withdraw", () => withdrawEarnings(shop, database, ledger, withdrawing)],
    ["expire quotes", () => expireQuotes(database)],
    ["erase inputs", () => eraseInputs(database, keepInputs)],
    ["add up", () => addToTally(database)],
  ];
}

function watcherOf({ shop, state, provider, watching, ledger, log }: ServiceOptions, confirmations: number) {
  const { chain, contracts, escrow, provider: own } = shop;
  const { nodes = [provider], fromBlock } = watching ?? {};
  const store = new EventStore(state.database, { provider: own, chain: chain.id, escrow });
  const { callTime } = ledger;
  return new Watcher(store, { contracts, provider: own, nodes, confirmations, fromBlock, callTime, log });
}

function serviceOf(
  { shop, state, mostSeconds = 600, ledger, log, provider }: ServiceOptions,
  orders: Orders,
  rounds: Rounds,
  metrics: Metrics,
): Service {
  const promises = new Promises(state.database, mostSeconds);
  const rule = new GasRule(provider, state.database, ledger.maxGasPrice, !shop.chain.isLocal);
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

function metricsOf(
  { state, shop, provider, folder }: ServiceOptions,
  ledger: Ledger,
  rounds: Rounds,
): Metrics {
  return new Metrics({
    sql: state.database,
    balance: () => provider.getBalance(shop.provider),
    ledgerErrors: () => ledger.errors,
    stepFailures: () => rounds.failureCounts,
    folder,
  });
}

/** @throws HttpError 503 where the service lacks what it needs for another job */
function requireNone(failure: Problem | undefined): void {
  // Whatever else has failed, such as the database, the request finds out itself.
  if (failure === undefined || !LACKING.includes(failure.code)) return;
  const { code, problem } = failure;
  throw new HttpError(503, problem, "Ask again later: nothing was sold.", code, RETRY_AFTER);
}

function proverOf({ state, shop, config, log }: ServiceOptions) {
  const models = shop.models.map(({ model }) => model.manifest.name);
  return { database: state.database, key: state.key, models, config, isStillWanted: isInTime, log };
}

async function openLedger({ state, provider, wallet, ledger, log }: ServiceOptions): Promise<Ledger> {
  return Ledger.open(state.database, provider, wallet, { ...ledger, log }).catch((error: unknown) => {
    throw error instanceof NodeError ? explain(error.cause ?? error) : error;
  });
}

function notListening(
  host: string,
  port: number,
  { code, message }: NodeJS.ErrnoException,
): Torch2CircomError {
  return new Torch2CircomError(
    "NETWORK_UNREACHABLE",
    code === "EADDRINUSE"
      ? `Port ${port} of ${host} is taken`
      : `The service cannot listen at ${host}, port ${port}: ${message}`,
    "Choose another with --port, or end the program that has it.",
  );
}
