import { setTimeout as wait } from "node:timers/promises";
import { readManifest } from "../../artifacts/manifest.js";
import { modelPaths } from "../../artifacts/paths.js";
import { loadModel } from "../../inference/model.js";
import { problemOf } from "../log.js";
import { buildOf, type Build } from "./builds.js";
import { requireOffered } from "./offered.js";
import type { ProverOptions } from "./options.js";
import { Presence } from "./presence.js";
import { Queue } from "./queue.js";
import { Reaper } from "./reaper.js";
import { Work } from "./work.js";

/** Milliseconds between two looks at the queue, and after something failed. */
const INTERVAL = 200;
const AFTER_FAILURE = 1000;

/** A prover that runs. */
export interface RunningProver {
  readonly id: number;
  /** Takes no other job, and ends after the proof in hand. */
  stop(): void;
  /** Ends at once: the job in hand is given to others. */
  end(): void;
  /** Kept when it has ended. */
  readonly ended: Promise<void>;
}

/**
 * Proves jobs until the process gets SIGINT or SIGTERM: then it finishes the proof in hand. A second signal ends it at once.
 *
 * @throws Torch2CircomError as {@link startProver} does
 */
export async function runProver(options: ProverOptions): Promise<void> {
  const prover = await startProver(options);
  const { log } = options;
  let signals = 0;
  const onSignal = () => {
    if (signals++ > 0) return prover.end();
    log({ prover: prover.id }, "Stopping after the proof in hand; a second signal ends it at once");
    prover.stop();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  try {
    await prover.ended;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

/**
 * Starts to prove jobs of builds.
 *
 * @throws Torch2CircomError where the service sells another build of a model, or a build cannot be proven here
 */
export async function startProver(options: ProverOptions): Promise<RunningProver> {
  const { database, log } = options;
  const builds = await Promise.all(options.models.map((model) => buildHere(options, model)));
  const queue = await Queue.open(database, log);
  const presence = await Presence.enter(database, builds).catch(async (error: unknown) => {
    await queue.close();
    throw error;
  });
  const { id } = presence;
  const work = new Work(options, queue, id);
  const stopping = new AbortController();
  const reaping = new Reaper(database, queue, log).run(stopping.signal);
  log({ prover: id, models: options.models.join(" ") }, "Ready to prove");

  const run = async () => {
    const { signal } = stopping;
    while (!signal.aborted) {
      try {
        // Others would take its jobs for orphans.
        const taken = presence.isShown ? builds.filter((build) => work.takes(build)) : [];
        const delivery = await queue.take(taken);
        if (delivery !== undefined) await work.deliver(delivery);
        else await wait(INTERVAL, undefined, { signal }).catch(() => undefined);
      } catch (error) {
        if (!signal.aborted) log({ prover: id, ...problemOf(error) }, "No proof now; trying again");
        await wait(AFTER_FAILURE, undefined, { signal }).catch(() => undefined);
      }
    }
    work.close();
    await reaping;
    await presence.stop();
    await queue.close();
    log({ prover: id }, "Ended");
  };
  return {
    id,
    stop: () => stopping.abort(),
    end: () => {
      stopping.abort();
      work.close();
    },
    ended: run(),
  };
}

async function buildHere({ database, config }: ProverOptions, name: string): Promise<Build> {
  const paths = modelPaths(config.outDir, name);
  const build = buildOf(await readManifest(paths.manifest));
  await requireOffered(database, build);
  // It is whole.
  await loadModel(paths);
  return build;
}
