import type { FastifyInstance } from "fastify";
import { explain } from "../../client/errors.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { httpServer } from "../http/server.js";
import { Ledger } from "../ledger/ledger.js";
import { NodeError } from "../ledger/node.js";
import { modelOf } from "../offer/shop.js";
import { Orders } from "../orders/orders.js";
import { enqueueProvable } from "../orders/upkeep.js";
import { buildOf } from "../provers/builds.js";
import { offerBuild } from "../provers/offered.js";
import { startProver, type RunningProver } from "../provers/prover.js";
import { Queue } from "../provers/queue.js";
import { isInTime } from "../provers/work.js";
import { DEFAULT_HOST, DEFAULT_PORT, type ServiceOptions } from "./options.js";
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
