import { z } from "zod/v4";
import { SCHEME } from "../../client/service/x402Scheme.js";
import { HttpError } from "../../errors/httpError.js";

/** The headers of x402, version 2: base64 of JSON, in this package's scheme. Unknown keys are other versions' and extensions'. */

const text = z.string().max(200);
const decimal = z.string().regex(/^\d{1,78}$/, { abort: true });
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

const payment = z.object({
  x402Version: z.literal(2),
  accepted: z.object({
    scheme: z.literal(SCHEME),
    network: text,
    amount: decimal,
    asset: address,
    payTo: address,
    extra: z.object({
      ticket: z.string().regex(/^[0-9a-f]{64}$/),
      salt: decimal,
    }),
  }),
  payload: z.object({
    jobId: z.string().regex(/^0x[0-9a-f]{64}$/),
    client: address,
    authorization: z.object({
      validAfter: decimal,
      validBefore: decimal,
      signature: z.string().regex(/^0x[0-9a-fA-F]{130}$/),
    }),
  }),
});

/** What a client sends to pay. */
export type X402Payment = z.output<typeof payment>;

/** What became of a payment. */
export interface X402Settlement {
  readonly success: boolean;
  /** Hash; empty where nothing was paid. */
  readonly transaction: string;
  readonly network: string;
  readonly payer: string;
  readonly amount?: string;
  readonly errorReason?: string;
  readonly errorMessage?: string;
}

/** A header's text. */
export function encodeHeader(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64");
}

/** Reads PAYMENT-SIGNATURE. @throws HttpError 400, which quotes nothing of it */
export function decodePayment(header: string): X402Payment {
  const parsed = payment.safeParse(jsonOf(header));
  if (parsed.success) return parsed.data;
  throw new HttpError(
    400,
    `The header PAYMENT-SIGNATURE is not a payment of the scheme ${SCHEME}`,
    "Pay by what the header PAYMENT-REQUIRED asks for, which an answer 402 has.",
  );
}

function jsonOf(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, "base64").toString("utf8"));
  } catch {
    return undefined;
  }
}
