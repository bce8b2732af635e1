import { useEffect, useState } from "preact/hooks";
import { Torch2CircomError } from "../../../src/errors/torch2circomError.js";
import type { BoughtAnswer } from "../../../src/client/service/followPurchase.js";
import type { Purchase } from "../../../src/client/service/purchase.js";
import type { OfferedModel } from "../../../src/client/service/serviceModel.js";
import { wordsOf } from "../../parts/words.js";
import { follow } from "./follow.js";

/** What is known of a purchase from its service. */
export interface Followed {
  readonly state?: string;
  /** Verified here. */
  readonly answer?: BoughtAnswer;
  /** Why there is no answer, or none that is final. */
  readonly failure?: string;
  /** Whether the service gave an answer that does not verify. */
  readonly isForged?: boolean;
}

/**
 * Follows a purchase that was paid for.
 *
 * @param model undefined while it is not known: nothing is followed then
 * @param attempt another number asks again
 */
export function useFollow(purchase: Purchase, model: OfferedModel | undefined, attempt: number): Followed {
  const [followed, setFollowed] = useState<Followed>({});
  useEffect(() => {
    if (model === undefined) return undefined;
    const control = new AbortController();
    const tell = (more: Followed) => {
      if (!control.signal.aborted) setFollowed((known) => ({ ...known, ...more }));
    };
    tell({ failure: undefined, isForged: undefined });
    const told = {
      state: (state: string) => tell({ state }),
      answer: (answer: BoughtAnswer) => tell({ answer, state: answer.state }),
    };
    follow(purchase, model, told, control.signal).catch((error: unknown) =>
      tell({
        failure: wordsOf(error),
        isForged: error instanceof Torch2CircomError && error.code === "OUTPUT_INVALID",
      }),
    );
    return () => control.abort();
  }, [purchase, model, attempt]);
  return followed;
}
