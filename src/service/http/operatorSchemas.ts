import { z } from "zod/v4";
import { JOB_STATES } from "../jobs/row.js";
import { addressOut, decimal, word } from "./schemas.js";

/** What the operator is shown: no input, no salt and no key. */

const at = z.iso.datetime();
const count = z.number();
const reason = z.string().nullable();
const prover = { host: z.string(), pid: z.number() };

export const operatorOut = z
  .object({
    at: at.describe("when it was read"),
    chainId: decimal,
    escrow: addressOut,
    provider: addressOut.describe("the account that signs and is paid"),
    balance: decimal.nullable().describe("of that account, in wei; null where the node has not told"),
    amounts: z
      .array(
        z.object({
          token: addressOut,
          symbol: z.string().optional(),
          decimals: z.number().optional(),
          earned: decimal.describe("of jobs whose settlement is final"),
          open: decimal.describe("of jobs that are paid and not final"),
          atRisk: decimal.describe("of these, near their deadline or refused before"),
        }),
      )
      .describe("in the smallest units, by token"),
    gasPaid: decimal.describe("in wei"),
    transactions: z.object({ mined: count, waiting: count }),
    jobs: z.partialRecord(z.enum(JOB_STATES), count).describe("by state"),
    awaited: count.describe("funded for this provider without a quote: their inputs are not here"),
    queues: z.array(
      z.object({
        model: z.string(),
        waiting: count.describe("for a prover"),
        proving: count,
        settling: count.describe("proven, and not final"),
        oldest: at.nullable().describe("since when the oldest waits for its proof"),
        seconds: z.number().nullable().describe("until a new job would be proven; null without a prover"),
      }),
    ),
    mostSeconds: z.number().describe("what would take longer is not sold"),
    provers: z.array(
      z.object({
        ...prover,
        since: at,
        isAlive: z.boolean(),
        models: z.array(z.string()),
        job: word.nullable().describe("that it proves"),
        lastSeen: at.describe("when it ended its last proof in a day, or has begun"),
      }),
    ),
    failures: z
      .object({
        attempts: z.array(
          z.object({
            job: word,
            model: z.string(),
            at,
            outcome: z.enum(["failed", "prover died"]),
            reason,
            ...prover,
            pid: prover.pid.nullable().describe("null once the prover is forgotten"),
          }),
        ),
        transactions: z.array(z.object({ at, reason, transaction: word.nullable(), jobs: z.array(word) })),
        jobs: z.array(
          z.object({
            job: word,
            model: z.string(),
            at,
            state: z.enum(["declined", "failed", "lost"]),
            reason,
          }),
        ),
      })
      .describe("the latest 20 of each kind"),
    refusals: z
      .array(z.object({ model: z.string(), reason: z.string(), count }))
      .describe("quotes that were refused since the start, by the code of the problem"),
    troubles: z
      .array(z.object({ step: z.string(), code: z.string(), problem: z.string() }))
      .describe("what the service does again and again, and has failed the last time"),
  })
  .meta({ id: "Operator" });

export type OperatorOut = z.input<typeof operatorOut>;
