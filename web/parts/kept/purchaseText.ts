import * as v from "valibot";
import { describeIssue } from "../../../src/errors/formIssue.js";
import { jobIdOf } from "../../../src/client/binding.js";
import { jsonText } from "../../../src/client/jsonText.js";
import { modelForm, quoteForm } from "../../../src/client/service/forms.js";
import type { FundedJob } from "../../../src/client/service/deliverInput.js";
import type { Purchase } from "../../../src/client/service/purchase.js";

const decimal = modelForm.entries.chainId;

/** A job's file, as this page and `torch2circom:request` write it; what else a file has is for others. */
const fileForm = v.pipe(
  v.object({
    jobId: quoteForm.entries.jobId,
    model: v.pipe(v.string(), v.maxLength(200)),
    chainId: decimal,
    escrow: modelForm.entries.escrow,
    job: quoteForm.entries.job,
    input: v.object({
      integers: v.array(v.array(v.pipe(v.number(), v.safeInteger()))),
      salt: decimal,
      commitment: decimal,
    }),
    offer: v.optional(quoteForm.entries.providerSignature),
    service: v.optional(
      v.object({
        url: v.pipe(v.string(), v.regex(/^https?:\/\//, "it is not an address")),
        ticket: quoteForm.entries.ticket,
        oneStep: v.optional(v.boolean()),
      }),
    ),
  }),
  v.check(({ jobId, job }) => jobId === jobIdOf(job), "its id is not that of its terms"),
  v.check(({ job, input }) => job.inputCommitment === input.commitment, "its input is not that of its terms"),
);

/** The text of a job's file: with it, another browser goes on, and nobody reads the answer without it. */
export function purchaseText(purchase: FundedJob): string {
  return jsonText(purchase, 2);
}

/**
 * What a job's file says.
 *
 * @returns a purchase; or, of a job that was funded without a quote, all but the service
 * @throws Error in words for the buyer
 */
export function purchaseOfText(text: string): Purchase | FundedJob {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error("This is not the file of a job.");
  }
  const parsed = v.safeParse(fileForm, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw new Error(`This is not the file of a job: ${describeIssue(parsed.issues[0])}.`);
}
