import { hexlify, randomBytes } from "ethers";
import { jobIdOf } from "../../../src/client/binding.js";
import type { G1Point } from "../../../src/groth16/types.js";
import type { JobAnswer } from "../../../src/service/jobs/row.js";
import { openAttempt, proven } from "../../../src/service/provers/attempts.js";
import { advance, insertQuoted, queueIdOf, recordOf } from "../../../src/service/jobs/store.js";
import { buildOf } from "../../../src/service/provers/builds.js";
import { Presence } from "../../../src/service/provers/presence.js";
import { Service } from "../../../test/service/provers/service.js";
import type { ServiceFigures } from "./figures.js";
import { rounded } from "./sales.js";

/** Connections at a time. */
const AT_A_TIME = 8;

/** How many jobs the database takes in a second, and hands out and takes an empty proof of. */
export async function measureCeiling(jobs: number): Promise<ServiceFigures["ceiling"]> {
  const service = await Service.start();
  const { database, queue, model } = service;
  const build = buildOf(model.manifest);
  const presence = await Presence.enter(database, [build]);
  try {
    const accepting = await accepter(service);
    const accept = await rate(jobs, accepting);
    const { id } = presence;
    const prove = await rate(jobs, async () => {
      const delivery = (await queue.take([build]))!;
      const job = await service.row(delivery.job);
      const attempt = (await database.transaction((sql) => openAttempt(sql, job, id, delivery)))!;
      await database.transaction((sql) => proven(sql, queue, attempt, NO_PROOF, 0));
    });
    return { accept, prove };
  } finally {
    await presence.stop();
    await service.stop();
  }
}

/** What writes a job down that is paid, and puts it into the queue: what is computed of an input before is left out. */
async function accepter(service: Service): Promise<() => Promise<void>> {
  const { database, queue, key } = service;
  const row = await service.row(await service.pay());
  const record = recordOf(row, key);
  const { build, payee, payment } = row;
  await database.query("delete from pgboss.job");
  return async () => {
    const job = { ...record.job, salt: hexlify(randomBytes(32)) };
    const jobId = jobIdOf(job);
    await insertQuoted(database, { record: { ...record, jobId, job }, build, payee, payment }, key);
    await database.transaction(async (sql) => {
      await advance(sql, jobId, ["quoted"], "funded", { fundedBlock: 1n });
      await queue.enqueue(sql, { ...row, id: jobId, queueId: queueIdOf(jobId) });
    });
  };
}

const ZERO: G1Point = ["0", "0", "0"];

/** It has the form of one, and says nothing. */
const NO_PROOF: JobAnswer = {
  proof: {
    ...{ protocol: "groth16", curve: "bn128" },
    ...{
      pi_a: ZERO,
      pi_b: [
        ["0", "0"],
        ["0", "0"],
        ["0", "0"],
      ],
      pi_c: ZERO,
    },
  },
  publicSignals: ["0", "0", "0"],
  words: ["0"],
  seconds: 0,
};

async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  let left = count;
  const start = performance.now();
  const one = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
  return rounded((1000 * count) / (performance.now() - start), 0);
}
