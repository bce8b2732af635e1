import type { RequestAuthorization } from "../../client/signedRequest.js";
import type { JobHistory } from "../../client/jobHistory.js";
import type { JobEvents } from "../events/jobEvents.js";
import type { JobRow } from "../jobs/row.js";
import type { Log } from "../log.js";
import type { Price } from "../offer/prices.js";
import type { Metrics } from "../metrics/metrics.js";
import type { Quote } from "../offer/quote.js";
import type { OfferedModel, Shop } from "../offer/shop.js";
import type { Delivery } from "../orders/delivery.js";
import type { OperatorView } from "../books/operatorView.js";

/** What the routes ask of the rest of the service. */
export interface Service {
  readonly shop: Shop;
  /** Seconds until a job that is paid for now would be proven; undefined where no prover runs. */
  expected(model: OfferedModel): Promise<number | undefined>;
  /**
   * The same, for a quote.
   *
   * @throws HttpError 503 where the time that was promised cannot be kept, or gas would cost more than the price: no quote is
   *   made then
   */
  promised(model: OfferedModel, price: Price): Promise<number>;
  /** Writes a quote down, before the client hears of it. @returns what the client reads the job with, and how it may pay */
  keep(quote: Quote): Promise<{ readonly ticket: string; readonly oneStep: boolean }>;
  /** Takes a client's payment to relay it; see `relayPayment`. */
  relay(jobId: string, authorization: RequestAuthorization): Promise<void>;
  /** Takes a payment that is made when the answer is proven; see `acceptSettlement`. */
  accept(jobId: string, authorization: RequestAuthorization): Promise<void>;
  /** Takes the input of a job that was funded without a quote; see `takeInput`. */
  deliver(jobId: string, delivery: Delivery): Promise<{ readonly job: JobRow; readonly ticket: string }>;
  /** A job, for whoever has its ticket. @returns undefined where there is none, or the ticket is not its own */
  job(jobId: string, ticket: string): Promise<JobRow | undefined>;
  /** Hash of the transaction that moved the client's payment; undefined where none of the service's is mined yet. */
  paidBy(jobId: string): Promise<string | undefined>;
  /** What the chain tells of a job, whoever's it is; see `JobHistories`. */
  history(jobId: string): Promise<JobHistory>;
  /** What the operator looks at. */
  operator(): Promise<OperatorView>;
  /** Throws where the database or the chain does not answer. */
  checkReady(): Promise<void>;
  /** What becomes of jobs. */
  readonly events: JobEvents;
  readonly metrics: Metrics;
  readonly log: Log;
}
