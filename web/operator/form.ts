import * as v from "valibot";
import { modelForm } from "../../src/client/service/forms.js";

/** What a service tells its operator. */

const { chainId: decimal, escrow: address, id: word } = modelForm.entries;
const count = v.pipe(v.number(), v.safeInteger());
const text = v.string();
const reason = v.nullable(text);
const time = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((iso) => Date.parse(iso) / 1000),
);
const prover = { host: text, pid: count };

export const operatorForm = v.object({
  at: time,
  chainId: decimal,
  provider: address,
  balance: v.nullable(decimal),
  amounts: v.array(
    v.object({
      token: address,
      symbol: v.optional(text),
      decimals: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(77))),
      earned: decimal,
      open: decimal,
      atRisk: decimal,
    }),
  ),
  gasPaid: decimal,
  transactions: v.object({ mined: count, waiting: count }),
  jobs: v.record(text, count),
  awaited: count,
  queues: v.array(
    v.object({
      model: text,
      waiting: count,
      proving: count,
      settling: count,
      oldest: v.nullable(time),
      seconds: v.nullable(v.number()),
    }),
  ),
  mostSeconds: v.number(),
  provers: v.array(
    v.object({
      ...prover,
      since: time,
      isAlive: v.boolean(),
      models: v.array(text),
      job: v.nullable(word),
      lastSeen: time,
    }),
  ),
  failures: v.object({
    attempts: v.array(
      v.object({
        job: word,
        model: text,
        at: time,
        outcome: text,
        reason,
        host: text,
        pid: v.nullable(count),
      }),
    ),
    transactions: v.array(v.object({ at: time, reason, transaction: v.nullable(word), jobs: v.array(word) })),
    jobs: v.array(v.object({ job: word, model: text, at: time, state: text, reason })),
  }),
  refusals: v.array(v.object({ model: text, reason: text, count })),
  troubles: v.array(v.object({ step: text, code: text, problem: text })),
});

/** Times are in seconds of Unix time. */
export type Operator = v.InferOutput<typeof operatorForm>;
