import { explainRefusal } from "../../client/errors.js";
import { statusOf } from "../../client/events.js";
import { quantizeSample } from "../../client/inputs.js";
import type { Job } from "../../client/terms.js";
import { HttpError } from "../../errors/httpError.js";
import { inUnit } from "../../runtime/payments/amount.js";
import { isInputOfJob } from "../../runtime/payments/checkJob.js";
import type { JobRecord } from "../../runtime/jobs.js";
import type { Database } from "../database/database.js";
import type { JobRow } from "../jobs/row.js";
import type { InputKey } from "../jobs/sealed.js";
import { advance, insertQuoted, readJobRow } from "../jobs/store.js";
import type { Price } from "../offer/prices.js";
import { modelOf, type OfferedModel, type Shop } from "../offer/shop.js";
import { fundedTerms } from "../watcher/eventStore.js";

/** The input of a job that its client has funded without a quote. */
export type Delivery = {
  /** Opens the job's commitment to the input. */
  readonly salt: bigint;
} & (
  | { /** Real values of each input of the model, by name. */ readonly inputs: Values }
  | {
      /** The model's integers, in the order of its inputs: as a job's file has them. */ readonly integers: Integers;
    }
);

type Values = Readonly<Record<string, readonly number[]>>;
type Integers = readonly (readonly number[])[];

/** What a delivery is checked against, and where it goes. */
export interface Receiving {
  readonly shop: Shop;
  readonly database: Database;
  /** Seals the input. */
  readonly key: InputKey;
  /** The build that a model's jobs are proven by, by its name. */
  readonly buildOf: (model: string) => string;
  /**
   * Seconds until a job of a model would be proven; undefined where no prover runs.
   *
   * @throws HttpError 503 where a job at this price does not pay now
   */
  readonly expected: (model: OfferedModel, price: Price) => Promise<number | undefined>;
}

/** Gas of a job's callback that the price of an answer covers. */
const MOST_CALLBACK_GAS = 200_000n;

/** Seconds from a proof to its settlement. */
const SETTLE_SECONDS = 300;

/**
 * Takes the input of a job that was funded without a quote: it is proven as soon as its funding is final. Who knows the input and
 * the salt that a job commits to is its client, or was told by it. The same input again changes nothing.
 *
 * @param id of the job
 * @throws HttpError for a job of which no funding is known, another input, and a job that the service does not take, with the reason
 */
export async function takeInput(receiving: Receiving, id: string, delivery: Delivery): Promise<JobRow> {
  const { shop, database, key, buildOf } = receiving;
  const { chain, escrow, provider } = shop;
  const known = await readJobRow(database, id);
  const terms = known?.terms ?? (await fundedTerms(database, { provider, chain: chain.id, escrow }, id));
  if (terms === undefined) throw notFunded();
  const model = modelOf(shop, terms.modelId);
  const name = model.model.manifest.name;
  const input = inputOf(model, terms, delivery);
  const record: JobRecord = { jobId: id, chainId: chain.id, escrow, model: name, job: terms, input };
  if (!isInputOfJob(model.model, record)) throw otherInput();
  // Nobody else is told what is wrong with a job, or that it is here.
  if (known !== undefined) return known;
  const price = requireTerms(model, terms);
  await requireFunded(shop, id);
  await requireInTime(shop, await receiving.expected(model, price), terms);
  await database.transaction(async (sql) => {
    const job = { record, build: buildOf(name), payee: provider, payment: "client" as const };
    // No quote has asked for its payment; whether that is final, the rounds find out.
    if (await insertQuoted(sql, job, key)) await advance(sql, id, ["quoted"], "funding");
  });
  return (await readJobRow(database, id))!;
}

function inputOf(
  { model: { manifest } }: OfferedModel,
  { inputCommitment: commitment }: Job,
  delivery: Delivery,
): JobRecord["input"] {
  const integers = "integers" in delivery ? delivery.integers : quantizeSample(manifest, delivery.inputs);
  if (integers.length !== manifest.inputs.length) throw otherInput();
  return { integers, salt: delivery.salt, commitment };
}

/** Refuses a job that the price list does not cover. @returns the price */
function requireTerms({ prices }: OfferedModel, { token, amount, callbackGas }: Job): Price {
  const price = prices.find((one) => one.token === token);
  if (price === undefined)
    throw refused(`The job pays in ${token}, and this model has no price in that token`);
  if (amount < price.amount)
    throw refused(
      `The job pays ${inUnit(amount, token, price.unit)}, and the price is ${inUnit(price.amount, token, price.unit)}`,
    );
  if (callbackGas > MOST_CALLBACK_GAS)
    throw refused(
      `The job's callback may use ${callbackGas} gas, and the price covers ${MOST_CALLBACK_GAS} at most`,
    );
  return price;
}

async function requireFunded({ contracts }: Shop, id: string): Promise<void> {
  const status = await explainRefusal(() => statusOf(contracts.escrow, id));
  if (status === "none") throw notFunded();
  if (status !== "funded")
    throw new HttpError(
      410,
      `The job is ${status} already`,
      "See npx hardhat torch2circom:status.",
      "JOB_REFUSED",
    );
}

async function requireInTime({ chain }: Shop, seconds: number | undefined, { fulfillBy }: Job) {
  if (seconds === undefined)
    throw new HttpError(503, "No prover of this model runs", "Send the input again later.", "BUILD_BUSY");
  const block = await explainRefusal(async () => chain.signer.provider!.getBlock("latest"));
  const left = Number(fulfillBy) - block!.timestamp;
  const needed = Math.ceil(seconds) + SETTLE_SECONDS;
  if (left < needed)
    throw new HttpError(
      410,
      `The job's deadline is in ${Math.max(0, left)} s, and to prove and settle it may take ${needed} s`,
      "It is not proven: after its deadline the client can be refunded (torch2circom:refund).",
      "JOB_REFUSED",
    );
}

function refused(problem: string): HttpError {
  return new HttpError(
    402,
    problem,
    "It is not proven: after its deadline the client can be refunded (torch2circom:refund). See the prices of the model.",
    "JOB_REFUSED",
  );
}

function otherInput(): HttpError {
  return new HttpError(
    422,
    "Input and salt are not those that the job commits to",
    "Send them as the job's file has them.",
    "INPUT_INVALID",
  );
}

function notFunded(): HttpError {
  return new HttpError(
    404,
    "No funding of this job is known here, for this provider or for anybody",
    "Send the input again some seconds after the job was funded.",
    "JOB_NOT_FOUND",
  );
}
