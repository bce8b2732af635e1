import { followPurchase, type BoughtAnswer } from "../../../src/client/service/followPurchase.js";
import type { Purchase } from "../../../src/client/service/purchase.js";
import type { OfferedModel } from "../../../src/client/service/serviceModel.js";

/** What is told of a purchase that is followed. */
export interface Told {
  state(state: string): void;
  /** It was verified here. */
  answer(answer: BoughtAnswer): void;
}

/** Seconds to wait for the end of a settlement. */
const SETTLING = 3600;

/**
 * Follows a purchase to its end.
 *
 * @param signal ends that, where the buyer has left the order
 * @throws Torch2CircomError where there is no answer in time, or none that verifies (OUTPUT_INVALID)
 */
export async function follow(
  purchase: Purchase,
  model: OfferedModel,
  told: Told,
  signal: AbortSignal,
): Promise<void> {
  const onState = (state: string) => told.state(state);
  const left = Math.max(60, Number(purchase.job.fulfillBy) - Date.now() / 1000);
  const answer = await followPurchase(purchase, { model, onState, timeout: left, signal });
  told.state(answer.state);
  told.answer(answer);
  if (answer.state === "final") return;
  told.answer(await followPurchase(purchase, { model, onState, until: "final", timeout: SETTLING, signal }));
}
