import { ZeroAddress } from "ethers";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod/v4";
import { networkOf } from "../../client/service/x402Scheme.js";
import { HttpError } from "../../errors/httpError.js";
import type { JobRow } from "../jobs/row.js";
import { modelOf, type OfferedModel } from "../offer/shop.js";
import { requireSameJob } from "../x402/matching.js";
import { paymentRequired } from "../x402/required.js";
import { decodePayment, encodeHeader, type X402Payment, type X402Settlement } from "../x402/wire.js";
import { POLL_SECONDS, stateOf } from "./jobText.js";
import { quoteFor } from "./quoting.js";
import {
  jobOut,
  modelParameters,
  payingHeaders,
  problemOut,
  quoteBody,
  quoteOut,
  type QuoteBody,
} from "./schemas.js";
import type { Service } from "./service.js";

const DESCRIPTION = `Without a payment: 402, a quote, and the same in the header PAYMENT-REQUIRED. With the header PAYMENT-SIGNATURE
and the same body: 202 and the address of the job in Location, or 200 with the answer; PAYMENT-RESPONSE has the transaction that
paid, once it is mined. The same request again pays once.`;

/** An answer in two requests: x402, version 2. */
export function inferRoutes(service: Service): FastifyPluginAsyncZod {
  return async (server) => {
    server.post(
      "/models/:id/infer",
      {
        schema: {
          summary: "An answer that is paid for by x402",
          description: DESCRIPTION,
          params: modelParameters,
          headers: payingHeaders,
          body: quoteBody,
          response: {
            200: jobOut,
            202: jobOut,
            400: problemOut,
            402: z.union([quoteOut, problemOut]),
            404: problemOut,
            410: problemOut,
            422: problemOut,
            503: problemOut,
          },
        },
      },
      async ({ params, body, headers }, reply) => {
        const model = modelOf(service.shop, params.id);
        reply.header("cache-control", "no-store");
        const header = headers["payment-signature"];
        if (header === undefined) {
          const quote = await quoteFor(service, model, { ...body, token: tokenOf(model, body.token) });
          reply.header("payment-required", encodeHeader(paymentRequired(quote, `/models/${model.id}/infer`)));
          return reply.code(402).send(quote);
        }
        const payment = decodePayment(header);
        const paid = await pay(service, model, body, payment).catch((error: unknown) => {
          if (error instanceof HttpError && error.status === 402)
            reply.header("payment-response", encodeHeader(refusal(payment, error)));
          throw error;
        });
        const transaction = (await service.paidBy(paid.id)) ?? paid.settledTransaction;
        if (transaction !== null)
          reply.header("payment-response", encodeHeader(settlement(paid, transaction)));
        const state = stateOf(paid);
        if (state.answer !== undefined) return reply.code(200).send(state);
        reply.header("location", `/jobs/${paid.id}`).header("retry-after", POLL_SECONDS);
        return reply.code(202).send(state);
      },
    );
  };
}

/** The first token of the price list: the native one cannot be paid by a signature. */
function tokenOf({ prices }: OfferedModel, asked?: string): string {
  if (asked !== undefined && asked !== ZeroAddress) return asked;
  const price = asked === undefined ? prices.find(({ token }) => token !== ZeroAddress) : undefined;
  if (price !== undefined) return price.token;
  throw new HttpError(
    400,
    "The native token cannot be paid by x402, and the model has no other price or none was asked for",
    "Ask for a quote (POST /models/:id/quotes), and fund the job by a transaction.",
  );
}

async function pay(
  service: Service,
  model: OfferedModel,
  body: QuoteBody,
  payment: X402Payment,
): Promise<JobRow> {
  const { jobId, authorization } = payment.payload;
  const read = async () => {
    const row = await service.job(jobId, payment.accepted.extra.ticket);
    if (row !== undefined) return row;
    // The same for a job of somebody else and for none: ids and signatures are public.
    throw new HttpError(
      404,
      "There is no such job here, or the ticket is not its own",
      "Pay by what the answer 402 has asked for.",
      "JOB_NOT_FOUND",
    );
  };
  requireSameJob(model, body, payment, await read());
  const { validAfter, validBefore, signature } = authorization;
  await service.relay(jobId, { validAfter: BigInt(validAfter), validBefore: BigInt(validBefore), signature });
  return read();
}

function settlement({ chain, terms }: JobRow, transaction: string): X402Settlement {
  const amount = terms.amount.toString();
  return { success: true, transaction, network: networkOf(chain), payer: terms.client, amount };
}

function refusal({ accepted, payload }: X402Payment, { code, problem }: HttpError): X402Settlement {
  return {
    success: false,
    transaction: "",
    network: accepted.network,
    payer: payload.client,
    errorReason: code.toLowerCase(),
    errorMessage: problem,
  };
}
