import { PgBoss, type JobWithMetadata } from "pg-boss";
import type { Database, Sql } from "../database/database.js";
import type { JobRow } from "../jobs/row.js";
import { problemOf, type Log } from "../log.js";
import type { Build } from "./builds.js";

/** Seconds without a sign of life after which a delivery is made again; a prover's lock tells much earlier. */
const HEARTBEAT_SECONDS = 10;

const QUEUE = {
  // The tables decide when a job has failed, or is late; the queue never does.
  retryLimit: 1_000_000_000,
  retentionSeconds: 10 * 365 * 24 * 3600,
  retryDelay: 0,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  // The most that the queue takes: proofs may be long, and the heartbeat tells whether they go on.
  expireInSeconds: 24 * 3600,
};

const SETTINGS = {
  max: 2,
  application_name: "torch2circom queue",
  superviseIntervalSeconds: 1,
  monitorIntervalSeconds: 1,
  schedule: false,
};

/** A job as the queue hands it to one prover. */
export interface Delivery {
  readonly queue: string;
  readonly id: string;
  /** Tells this delivery from earlier ones of the job. */
  readonly retryCount: number;
  /** The job's id. */
  readonly job: string;
}

/**
 * Hands jobs to provers, those of each build in the order in which they came. It may hand a job out twice: what is true of a
 * job stands in the service's own tables.
 */
export class Queue {
  /** Where the next look begins: no build waits for ever behind another. */
  private turn = 0;

  private constructor(private readonly boss: PgBoss) {}

  /** Opens the queue of a database. @param log gets the problems of its upkeep */
  static async open({ url }: Database, log: Log): Promise<Queue> {
    const boss = new PgBoss({ ...SETTINGS, connectionString: url });
    // Without it, the queue would take the process along when the database is gone.
    boss.on("error", (error) =>
      log({ ...problemOf(error) }, "The queue's upkeep failed, and is tried again"),
    );
    await boss.start();
    return new Queue(boss);
  }

  /** Makes the queue of a build, unless it is there. */
  async create(build: Build): Promise<void> {
    await this.boss.createQueue(nameOf(build), QUEUE);
  }

  /**
   * Puts a job into the queue of its build, once.
   *
   * @param sql the transaction that writes the job's row
   * @returns false where it is there already
   */
  async enqueue(sql: Sql, job: Pick<JobRow, "id" | "queueId" | "model" | "build">): Promise<boolean> {
    const options = { id: job.queueId, db: databaseOf(sql) };
    return (await this.boss.send(nameOf(job), { job: job.id }, options)) !== null;
  }

  /** A job of one of the builds, if there is one. It is another's again unless its delivery is kept. */
  async take(builds: readonly Build[]): Promise<Delivery | undefined> {
    for (let i = 0; i < builds.length; i++) {
      const queue = nameOf(builds[this.turn++ % builds.length]);
      const taken: JobWithMetadata<{ job: string }>[] = await this.boss.fetch(queue, {
        includeMetadata: true,
      });
      for (const { id, retryCount, data } of taken) return { queue, id, retryCount, job: data.job };
    }
    return undefined;
  }

  /** A sign of life. */
  async keep(delivery: Delivery): Promise<void> {
    await this.boss.touch(delivery.queue, attemptOf(delivery));
  }

  /** Ends a delivery: the job needs no other. */
  async finish(sql: Sql, delivery: Delivery): Promise<void> {
    await this.boss.complete(delivery.queue, attemptOf(delivery), null, { db: databaseOf(sql) });
  }

  /** Ends a delivery without success: the job is handed out again. @param seconds after which it is */
  async giveBack(sql: Sql, delivery: Delivery, seconds = 0): Promise<void> {
    const { queue, id } = delivery;
    const db = databaseOf(sql);
    await this.boss.fail(queue, attemptOf(delivery), null, { db });
    if (seconds > 0) await this.boss.update(queue, undefined, { id, startAfter: seconds, db });
  }

  /** Deliveries that were not ended lapse. */
  async close(): Promise<void> {
    // A database that is away has nothing to be told.
    await this.boss.stop({ graceful: false }).catch(() => undefined);
  }
}

/** The delivery that an attempt began with. */
export function deliveryOf(
  job: Pick<JobRow, "id" | "queueId" | "model" | "build">,
  retryCount: number,
): Delivery {
  return { queue: nameOf(job), id: job.queueId, retryCount, job: job.id };
}

function nameOf({ model, build }: Build): string {
  return `${model}/${build.slice(0, 16)}`;
}

/** Names one delivery: what comes too late for it does nothing. */
function attemptOf({ id, retryCount }: Delivery): { id: string; retryCount: number } {
  return { id, retryCount };
}

function databaseOf(sql: Sql) {
  return {
    executeSql: async (text: string, values?: unknown[]) => ({ rows: await sql.query(text, values) }),
  };
}
