import type { ErrorCode } from "../../errors/codes.js";
import { oneLine } from "../../errors/oneLine.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Answer } from "../outputs.js";
import { ask, ServiceRefusal } from "./ask.js";
import { jobForm, type ServiceJob } from "./forms.js";
import { hearing } from "./hear.js";
import type { Purchase } from "./purchase.js";
import { serviceModel, type OfferedModel } from "./serviceModel.js";
import { verifyAnswer, type GivenAnswer } from "./verifyAnswer.js";

export interface FollowOptions {
  /** Told of each state that the job comes to: "funding", "funded", "proving", … */
  readonly onState?: (state: string) => void;
  /** What to wait for: the proof, or also that the provider's payment is final. @default "proven" */
  readonly until?: "proven" | "final";
  /** Seconds to wait. @default 900 */
  readonly timeout?: number;
  /** Milliseconds between two questions, where the service tells nothing by itself. @default 2000 */
  readonly interval?: number;
  /** Ends the wait: what it was aborted with is thrown. The job goes on. @default never */
  readonly signal?: AbortSignal;
}

/** An answer that was paid for and checked. */
export interface BoughtAnswer extends GivenAnswer {
  readonly purchase: Purchase;
  readonly outputs: readonly Answer[];
  /** How far the job was when the answer was given. */
  readonly state: string;
  /** That settled the job, if it was settled by then. */
  readonly transaction?: string;
}

/** States after which there is no answer. */
const OVER = ["expired", "declined", "failed", "lost", "refunded"];

/** What may be otherwise when the service is asked again. */
const PASSING: readonly ErrorCode[] = [
  "NETWORK_UNREACHABLE",
  "DATABASE_UNAVAILABLE",
  "BUILD_BUSY",
  "UNEXPECTED",
];

/**
 * Waits for the answer of a job that was paid for, and checks it. The service tells how the job goes on (server-sent events);
 * where it does not, it is asked. A program that was ended goes on with what it has kept.
 *
 * @param purchase see {@link buyInference}
 * @param options how long, and how far
 * @throws Torch2CircomError for a job that ended without an answer, and where there is none in time
 * @example
 * ```ts
 * import { followPurchase, type Purchase } from "torch2circom/client";
 *
 * const read = async (kept: Purchase) => (await followPurchase(kept, { until: "final" })).outputs;
 * console.log(read.name);
 * ```
 */
export async function followPurchase(
  purchase: Purchase,
  { model, ...options }: FollowOptions & { readonly model?: OfferedModel } = {},
): Promise<BoughtAnswer> {
  const { jobId, job, chainId, escrow, input, service } = purchase;
  const own = model ?? (await serviceModel(service.url, job.modelId));
  const { answer, state, transaction } = await until(purchase, options);
  // An open job pays whoever answers it: here, the service's provider.
  const provider = BigInt(job.provider) === 0n ? own.provider : job.provider;
  const asked = { jobId, job: { ...job, provider }, chainId, escrow, salt: input.salt };
  const outputs = verifyAnswer(own, asked, answer);
  return { purchase, outputs, state, ...(transaction !== undefined && { transaction }), ...answer };
}

async function until(
  purchase: Purchase,
  { onState, until: end = "proven", timeout = 900, interval = 2000, signal }: FollowOptions,
): Promise<ServiceJob & { answer: NonNullable<ServiceJob["answer"]> }> {
  const { jobId, service } = purchase;
  const last = Date.now() + 1000 * timeout;
  const events = hearing(purchase, last, signal);
  let known: string | undefined;
  let failure: unknown;
  const learn = (state: string) => {
    if (state !== known) onState?.((known = state));
  };
  const isEnough = ({ state, hasAnswer }: { state: string; hasAnswer: boolean }) =>
    OVER.includes(state) || (hasAnswer && (end === "proven" || state === "final"));
  while (Date.now() < last) {
    signal?.throwIfAborted();
    let pause = interval;
    for await (const event of events()) {
      learn(event.state);
      if (isEnough(event)) break;
    }
    try {
      const job = await ask(service.url, `/jobs/${jobId}`, jobForm, { ticket: service.ticket });
      learn(job.state);
      if (OVER.includes(job.state)) throw ended(job);
      const { answer, state } = job;
      if (answer !== undefined && isEnough({ state, hasAnswer: true })) return { ...job, answer };
    } catch (error) {
      if (!(error instanceof Torch2CircomError) || !PASSING.includes(error.code)) throw error;
      failure = error;
      if (error instanceof ServiceRefusal) pause = Math.max(pause, 1000 * (error.retryAfter ?? 0));
    }
    signal?.throwIfAborted();
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, pause);
      signal?.addEventListener("abort", end);
    });
  }
  throw new Torch2CircomError(
    "TRANSACTION_PENDING",
    `There is no answer after ${timeout} s; the job is ${known ?? "not known to be paid"}`,
    "Ask again with what you kept of the purchase; without an answer, the payment comes back after the job's deadline.",
    failure instanceof Error ? failure : undefined,
  );
}

function ended({ state, reason }: ServiceJob): Torch2CircomError {
  return new Torch2CircomError(
    "JOB_REFUSED",
    `The job is ${state}${reason === undefined ? "" : `: ${oneLine(reason.slice(0, 200))}`}`,
    "If it was paid for, the payment comes back after the job's deadline (torch2circom:refund).",
  );
}
