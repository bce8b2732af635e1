import type { ErrorCode } from "../../errors/codes.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { ask } from "./ask.js";
import { deliveredForm } from "./forms.js";
import type { Purchase } from "./purchase.js";
import { serviceModel } from "./serviceModel.js";

/** A job that was funded without a quote, as its file has it. */
export type FundedJob = Omit<Purchase, "service">;

export interface DeliverOptions {
  /** Seconds until the service has to know of the funding. @default 120 */
  readonly timeout?: number;
  /** Milliseconds between two tries. @default 2000 */
  readonly interval?: number;
}

/** What may be otherwise in a moment: the service sees a funding some seconds after it was mined. */
const PASSING: readonly ErrorCode[] = [
  "JOB_NOT_FOUND",
  "NETWORK_UNREACHABLE",
  "DATABASE_UNAVAILABLE",
  "BUILD_BUSY",
];

/**
 * Gives the input of a job that was funded without a quote to a service, which answers it then. Nothing is sent to a service whose
 * provider the job does not pay.
 *
 * @param url of the service
 * @param job what its client has kept: terms, input and salt
 * @param options how long to try
 * @returns what the answer is read with, see {@link followPurchase}
 * @throws Torch2CircomError for a job that this service cannot answer, or does not take, with its reason
 * @example
 * ```ts
 * import { deliverInput, followPurchase, type FundedJob } from "torch2circom/client";
 *
 * const answer = async (url: string, kept: FundedJob) => followPurchase(await deliverInput(url, kept));
 * console.log(answer.name);
 * ```
 */
export async function deliverInput(
  url: string,
  job: FundedJob,
  { timeout = 120, interval = 2000 }: DeliverOptions = {},
): Promise<Purchase> {
  await requireOwn(url, job);
  const body = { integers: job.input.integers, salt: job.input.salt.toString() };
  for (const last = Date.now() + 1000 * timeout; ;) {
    try {
      const { ticket } = await ask(url, `/jobs/${job.jobId}/input`, deliveredForm, { body });
      return { ...job, service: { url, ticket } };
    } catch (error) {
      const isPassing = error instanceof Torch2CircomError && PASSING.includes(error.code);
      if (!isPassing || Date.now() + interval > last) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}

/** The input is the client's secret: only whom the job pays may have it. */
async function requireOwn(url: string, { job, chainId, escrow }: FundedJob): Promise<void> {
  const model = await serviceModel(url, job.modelId);
  const wrong = [
    model.chainId !== chainId && `on chain ${chainId}, and the service is on chain ${model.chainId}`,
    !same(model.escrow, escrow) && `of the escrow ${escrow}, and the service is paid by ${model.escrow}`,
    BigInt(job.provider) !== 0n &&
      !same(model.provider, job.provider) &&
      `for the provider ${job.provider} alone`,
  ].find((one) => one !== false);
  if (wrong === undefined) return;
  throw new Torch2CircomError(
    "JOB_REFUSED",
    `The job is ${wrong}`,
    "Nothing was sent. Give the input to the provider that the job pays.",
  );
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
