import type { RequestAuthorization } from "../../client/signedRequest.js";
import type { Database } from "../database/database.js";
import type { JobRow } from "../jobs/row.js";
import type { InputKey } from "../jobs/sealed.js";
import { insertQuoted, readJobRow } from "../jobs/store.js";
import type { Quote } from "../offer/quote.js";
import type { Shop } from "../offer/shop.js";
import { relayPayment, type Submitter } from "./payment.js";

/** What clients do with jobs: they are quoted one, pay it, and read it. */
export class Orders {
  /**
   * @param shop what is sold
   * @param database of the service
   * @param ledger carries transactions out
   * @param key seals inputs, and makes tickets
   * @param buildOf the build that a model's jobs are proven by, by the build's name
   */
  constructor(
    private readonly shop: Shop,
    private readonly database: Database,
    private readonly ledger: Submitter,
    private readonly key: InputKey,
    private readonly buildOf: (model: string) => string,
  ) {}

  /** Writes a quote down. @returns the ticket that its client reads the job with */
  async keep(quote: Quote): Promise<string> {
    const quoted = {
      record: quote,
      build: this.buildOf(quote.model),
      payee: this.shop.provider,
      payment: "relayed" as const,
    };
    await insertQuoted(this.database, quoted, this.key);
    return this.key.ticketOf(quote.jobId);
  }

  /** Takes a client's payment; see {@link relayPayment}. */
  relay(jobId: string, authorization: RequestAuthorization): Promise<void> {
    return relayPayment(this.shop, this.database, this.ledger, jobId, authorization);
  }

  /** A job, for whoever has its ticket. */
  async job(jobId: string, ticket: string): Promise<JobRow | undefined> {
    return this.key.isTicketOf(jobId, ticket) ? readJobRow(this.database, jobId) : undefined;
  }
}
