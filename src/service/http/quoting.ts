import { getAddress } from "ethers";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { makeQuote, priceIn, type Quote, type QuoteRequest } from "../offer/quote.js";
import type { OfferedModel } from "../offer/shop.js";
import type { QuoteBody, QuoteOut } from "./schemas.js";
import type { Service } from "./service.js";

/** Quotes a job for one input, and writes it down before the client hears of it. */
export async function quoteFor(service: Service, model: OfferedModel, body: QuoteBody): Promise<QuoteOut> {
  const { metrics, shop } = service;
  const { name } = model.model.manifest;
  try {
    const request = requestOf(body);
    const promised = await service.promised(model, priceIn(model, request.token));
    const quote = await makeQuote(shop, model, request, promised);
    const kept = await service.keep(quote);
    metrics.quoted(name);
    return { ...quoteText(quote), ...kept };
  } catch (error) {
    metrics.refused(name, error instanceof Torch2CircomError ? error.code : "UNEXPECTED");
    throw error;
  }
}

/** What was asked for, with addresses as the contracts' library writes them. */
function requestOf({ client, token, inputs, salt }: QuoteBody): QuoteRequest {
  return {
    client: getAddress(client),
    token: token === undefined ? undefined : getAddress(token),
    inputs,
    salt: salt === undefined ? undefined : BigInt(salt),
  };
}

function quoteText({
  jobId,
  chainId,
  escrow,
  job,
  offer,
  input,
}: Quote): Omit<QuoteOut, "ticket" | "oneStep"> {
  return {
    jobId,
    chainId: chainId.toString(),
    escrow,
    job: {
      ...job,
      inputCommitment: job.inputCommitment.toString(),
      amount: job.amount.toString(),
      bond: job.bond.toString(),
      fundBy: job.fundBy.toString(),
      fulfillBy: job.fulfillBy.toString(),
      callbackGas: job.callbackGas.toString(),
    },
    providerSignature: offer,
    salt: input.salt.toString(),
    expires: new Date(1000 * Number(job.fundBy)).toISOString(),
  };
}
