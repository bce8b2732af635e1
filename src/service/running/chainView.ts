import type { Contracts } from "../../client/contracts.js";
import { explainRefusal } from "../../client/errors.js";
import { JOB_STATUS } from "../../client/terms.js";
import type { FundingStatus } from "../orders/fundings.js";
import type { ChainStatus } from "../orders/settlements.js";

/** What the escrow says of jobs. */
export interface ChainView {
  /** By the latest block. */
  readonly statusOf: ChainStatus;
  readonly fundingOf: FundingStatus;
}

/** @param confirmations blocks on top of a block that is final */
export function chainView({ escrow }: Contracts, confirmations: number): ChainView {
  const status = (id: string, blockTag?: number) =>
    explainRefusal(async () => JOB_STATUS[Number((await escrow.jobState(id, { blockTag })).status)]);
  return {
    statusOf: (id) => status(id),
    fundingOf: async (id) => {
      if ((await status(id)) === "none") return "none";
      const head = await explainRefusal(() => escrow.runner!.provider!.getBlockNumber());
      return (await status(id, Math.max(0, head - confirmations))) === "none" ? "latest" : "final";
    },
  };
}
