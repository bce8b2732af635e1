import { ZeroAddress } from "ethers";
import { contractsAt } from "../../client/contracts.js";
import { requireOwnContracts } from "../../client/ownContracts.js";
import { deliverInput } from "../../client/service/deliverInput.js";
import { fittingModel, withFittingCard } from "../../client/service/fittingModel.js";
import { followPurchase } from "../../client/service/followPurchase.js";
import { orderInference, type Order } from "../../client/service/orderInference.js";
import { payPurchase } from "../../client/service/payPurchase.js";
import { serviceModel, soldModels } from "../../client/service/serviceModel.js";
import { jobState } from "../../client/jobState.js";
import { oneLine } from "../../errors/oneLine.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { loadJob } from "../jobFiles.js";
import { deadlineOf, type JobRecord } from "../jobs.js";
import { readSample } from "../models/sample.js";
import { describeAmount, parseAmount } from "../payments/amount.js";
import { connect, type Chain } from "../payments/chain.js";
import { Journal } from "../payments/journal.js";
import type { Project } from "../project.js";
import type { Bought, ServiceBuyOptions } from "../types.js";

/** Buys an answer, or goes on with a job that was ordered. */
export async function buy(project: Project, url: string, options: ServiceBuyOptions): Promise<Bought> {
  requirePayment(options.by);
  const chain = await connect(project, options.account);
  const folders = project.config.torch2circom;
  const { progress, timeout, until } = options;
  const order =
    options.job === undefined
      ? await ordered(chain, url, options)
      : await kept(chain, url, await loadJob(folders, options.job));
  const { purchase, contracts } = order;
  // On the disk before anything is paid.
  const journal =
    options.job === undefined
      ? await Journal.begin(folders, purchase)
      : await Journal.open(folders, purchase);
  const { service } = purchase;
  if (journal.record.service?.ticket !== service.ticket) await journal.write({ service });
  const { jobId, job } = purchase;
  const paid = await describeAmount(chain.signer, job.amount, job.token);
  if ((await jobState(contracts, jobId)).status === "none") {
    progress?.note(`Paying ${paid} for job ${jobId}: without an answer by ${deadlineOf(job)}, it comes back`);
    await payPurchase(contracts, chain.signer, purchase, options.by);
  }
  const onState = (state: string) => progress?.note(`The job is ${state}`);
  const { outputs, state, transaction } = await followPurchase(purchase, {
    ...{ onState, timeout, until },
    model: withFittingCard(order.model),
  });
  return {
    ...{ jobId, outputs, paid, state },
    ...(transaction !== undefined && { transaction }),
    file: journal.file!,
  };
}

async function ordered(chain: Chain, url: string, options: ServiceBuyOptions): Promise<Order> {
  const { samples, index = 0, token, most, allowSingleContributor } = options;
  if (samples === undefined)
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "There is no input",
      "Give one: --samples <file or folder>.",
    );
  const name = options.model ?? (await onlyModel(url));
  const { manifest, id } = await fittingModel(url, name);
  const sample = await readSample({ manifest }, samples, index);
  return orderInference(chain.signer, {
    ...{ url, token, allowSingleContributor },
    model: id,
    input: Object.fromEntries(Array.from(sample, ([input, { data }]) => [input, data])),
    most: most === undefined ? undefined : await parseAmount(chain, most, token ?? ZeroAddress),
  });
}

/** A job that was ordered before; or one that was funded without a quote, whose input the service gets now. */
async function kept(chain: Chain, url: string, record: JobRecord): Promise<Order> {
  const { service, offer, input, job, jobId } = record;
  const { commitment } = input;
  if (commitment === undefined)
    throw new Torch2CircomError(
      "INPUT_MODE_UNSUPPORTED",
      `Job ${jobId} has no commitment to its input`,
      "Request it from a model that is built with --input committed.",
    );
  const place = service !== undefined && offer !== undefined ? service : undefined;
  const model = await serviceModel(place?.url ?? url, job.modelId);
  const contracts = await contractsAt({ registry: model.registry, escrow: record.escrow }, chain.signer);
  await requireOwnContracts(contracts);
  const known = { ...record, input: { ...input, commitment } };
  if (place !== undefined) return { purchase: { ...known, service: place }, contracts, model };
  if ((await jobState(contracts, jobId)).status === "none")
    throw new Torch2CircomError(
      "JOB_REFUSED",
      `Job ${jobId} is neither ordered from a service nor funded`,
      "Fund it first (torch2circom:request), or buy an answer with --samples.",
    );
  return { purchase: await deliverInput(url, known), contracts, model };
}

async function onlyModel(url: string): Promise<string> {
  const names = await soldModels(url);
  if (names.length === 1) return names[0];
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `The service sells ${names.length === 0 ? "no model" : oneLine(names.join(", ").slice(0, 500))}`,
    "Choose one: --model <name>.",
  );
}

function requirePayment(by: string | undefined): void {
  if (by === undefined || by === "signature" || by === "transaction") return;
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `--pay ${by.slice(0, 50)} is no way to pay`,
    "Say --pay signature or --pay transaction.",
  );
}
