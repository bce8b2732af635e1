import { networkOf, SCHEME } from "../../client/service/x402Scheme.js";

/** A quote, as far as it is asked for by x402. */
export interface AskedQuote {
  readonly chainId: string;
  readonly escrow: string;
  readonly job: Readonly<Record<"amount" | "token" | "fundBy", string>>;
  readonly providerSignature: string;
  readonly ticket: string;
  readonly salt: string;
}

/**
 * What the header PAYMENT-REQUIRED says: one way to pay, with all that the client checks and signs.
 *
 * @param quote see `quoteFor`
 * @param url of what is paid for, below the service's own
 */
export function paymentRequired(quote: AskedQuote, url: string): object {
  const { chainId, escrow, job, providerSignature, ticket, salt } = quote;
  const left = Number(job.fundBy) - Math.floor(Date.now() / 1000);
  return {
    x402Version: 2,
    error: "Payment required",
    resource: { url, description: "A proven answer of a model", mimeType: "application/json" },
    accepts: [
      {
        scheme: SCHEME,
        network: networkOf(chainId),
        amount: job.amount,
        asset: job.token,
        payTo: escrow,
        // A chain's clock may differ, as in tests: `job.fundBy` is what counts.
        maxTimeoutSeconds: Math.max(1, left),
        extra: { escrow, job, providerSignature, ticket, salt },
      },
    ],
  };
}
