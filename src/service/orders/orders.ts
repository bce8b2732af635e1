import type { RequestAuthorization } from "../../client/signedRequest.js";
import type { Database } from "../database/database.js";
import type { JobRow } from "../jobs/row.js";
import type { InputKey } from "../jobs/sealed.js";
import { insertQuoted, readJobRow } from "../jobs/store.js";
import type { Quote } from "../offer/quote.js";
import type { Shop } from "../offer/shop.js";
import { modelOf } from "../offer/shop.js";
import { takeInput, type Delivery, type Receiving } from "./delivery.js";
import type { Dispatcher } from "./fundings.js";
import { acceptSettlement, mayPayInOneStep } from "./oneStep.js";
import { fundingTransaction, relayPayment, type Submitter } from "./payment.js";

/** What clients do with jobs: they are quoted one, pay it, and read it. */
export class Orders {
  /**
   * @param shop what is sold
   * @param database of the service
   * @param ledger carries transactions out
   * @param queue hands jobs to provers
   * @param key seals inputs, and makes tickets
   * @param buildOf the build that a model's jobs are proven by, by the build's name
   */
  constructor(
    private readonly shop: Shop,
    private readonly database: Database,
    private readonly ledger: Submitter,
    private readonly queue: Dispatcher,
    private readonly key: InputKey,
    private readonly buildOf: (model: string) => string,
  ) {}

  /**
   * Writes a quote down.
   *
   * @returns the ticket that its client reads the job with, and whether it may pay in one step
   */
  async keep(quote: Quote): Promise<{ ticket: string; oneStep: boolean }> {
    const quoted = {
      record: quote,
      build: this.buildOf(quote.model),
      payee: this.shop.provider,
      payment: "relayed" as const,
    };
    await insertQuoted(this.database, quoted, this.key);
    const { oneStep } = modelOf(this.shop, quote.job.modelId);
    return {
      ticket: this.key.ticketOf(quote.jobId),
      oneStep: oneStep && (await mayPayInOneStep(this.database, quote.job.client)),
    };
  }

  /** Takes a client's payment; see {@link relayPayment}. */
  relay(jobId: string, authorization: RequestAuthorization): Promise<void> {
    return relayPayment(this.shop, this.database, this.ledger, jobId, authorization);
  }

  /** Takes a payment that is made when the answer is proven; see {@link acceptSettlement}. */
  accept(jobId: string, authorization: RequestAuthorization): Promise<void> {
    return acceptSettlement(this.shop, this.database, this.queue, jobId, authorization);
  }

  /**
   * Takes the input of a job that was funded without a quote; see {@link takeInput}.
   *
   * @param expected seconds until a job of a model would be proven; undefined where no prover runs
   * @returns the job, and the ticket that its client reads it with
   */
  async deliver(
    jobId: string,
    delivery: Delivery,
    expected: Receiving["expected"],
  ): Promise<{ job: JobRow; ticket: string }> {
    const { shop, database, key, buildOf } = this;
    const job = await takeInput({ shop, database, key, buildOf, expected }, jobId, delivery);
    return { job, ticket: key.ticketOf(jobId) };
  }

  /** A job, for whoever has its ticket. */
  async job(jobId: string, ticket: string): Promise<JobRow | undefined> {
    return this.key.isTicketOf(jobId, ticket) ? readJobRow(this.database, jobId) : undefined;
  }

  /** See {@link fundingTransaction}. */
  paidBy(jobId: string): Promise<string | undefined> {
    return fundingTransaction(this.database, jobId);
  }
}
