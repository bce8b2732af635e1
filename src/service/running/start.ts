import type { FastifyInstance } from "fastify";
import { explain } from "../../client/errors.js";
import { listening } from "../http/listening.js";
import { httpServer } from "../http/server.js";
import { Ledger } from "../ledger/ledger.js";
import { NodeError } from "../ledger/node.js";
import { untilAnswered } from "../nodes/untilAnswered.js";
import { modelOf } from "../offer/shop.js";
import { Orders } from "../orders/orders.js";
import { enqueueProvable } from "../orders/upkeep.js";
import { buildOf } from "../provers/builds.js";
import { offerBuild } from "../provers/offered.js";
import { startProver, type RunningProver } from "../provers/prover.js";
import { Queue } from "../provers/queue.js";
import { isInTime } from "../provers/work.js";
import type { ServiceOptions } from "./options.js";
import { Rounds } from "./rounds.js";
import { metricsOf, serviceOf } from "./desk.js";
import { stepsOf } from "./steps.js";

/** A service that runs. */
export interface RunningService {
  /** Where it listens. */
  readonly url: string;
  /** Takes no other request and no other job, and ends after the proofs in hand. The state stays the caller's. */
  close(): Promise<void>;
  /** Ends the proofs in hand, too. */
  end(): Promise<void>;
}

/**
 * Sells answers: takes orders over HTTP, gets them paid, proven and settled.
 *
 * @throws Torch2CircomError where the account is another process's, the database does not answer, or the port is taken
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
    const http = (server = await httpServer(serviceOf(options, orders, rounds, metrics), options.http));
    await options.lobby?.close();
    const url = await listening(options, (place) => http.listen(place));
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

function proverOf({ state, shop, config, log }: ServiceOptions) {
  const models = shop.models.map(({ model }) => model.manifest.name);
  return { database: state.database, key: state.key, models, config, isStillWanted: isInTime, log };
}

/** Waits while no node answers: they may go away right when the service starts. */
async function openLedger({ state, provider, wallet, ledger, lobby, log }: ServiceOptions): Promise<Ledger> {
  const open = () =>
    Ledger.open(state.database, provider, wallet, { ...ledger, log }).catch((error: unknown) => {
      throw error instanceof NodeError ? explain(error.cause ?? error) : error;
    });
  return untilAnswered(open, log, async () => lobby?.open());
}
