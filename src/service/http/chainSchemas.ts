import { z } from "zod/v4";
import { JOB_STATUS } from "../../client/terms.js";
import { addressOut, decimal, jobTerms, word } from "./schemas.js";

/** What the chain tells of a job, as the service's node has it. */

const step = z.object({
  transaction: word,
  block: z.number(),
  time: decimal.describe("of the block, in seconds of Unix time"),
  gasUsed: decimal.describe("by the whole transaction"),
  gasPrice: decimal.describe("in wei"),
  jobs: z.number().describe("which the transaction has changed in this way: they share its gas"),
});

export const jobChainOut = z
  .object({
    jobId: word,
    chainId: decimal,
    escrow: addressOut,
    registry: addressOut,
    status: z.enum(JOB_STATUS).describe("none: the escrow does not know the id"),
    latest: z.object({ block: z.number(), time: decimal }).describe("the latest block when it was read"),
    job: jobTerms.optional().describe("not there where the node does not show the job's events"),
    unit: z
      .object({ symbol: z.string().optional(), decimals: z.number().optional() })
      .optional()
      .describe("of the job's token, as it says itself"),
    requested: step.optional(),
    fulfilled: step.extend({ payee: addressOut, outputWords: z.array(decimal) }).optional(),
    refunded: step.extend({ by: addressOut }).optional(),
  })
  .meta({ id: "JobOnChain" });

export type JobChainOut = z.input<typeof jobChainOut>;
