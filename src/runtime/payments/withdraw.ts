import { ZeroAddress } from "ethers";
import { withdrawBalance } from "../../client/escrow.js";
import type { Project } from "../project.js";
import type { WithdrawOptions, WithdrawResult } from "../types.js";
import { unitOf } from "../../client/unit.js";
import { checkedAddress, parseAmount } from "./amount.js";
import { connectToContracts } from "./deployments.js";
import { waitOptions } from "./sending.js";

/** Pays out an account's balance, or a part of it. */
export async function withdraw(project: Project, options: WithdrawOptions): Promise<WithdrawResult> {
  const { chain, contracts } = await connectToContracts(project, options.account);
  const token = options.token === undefined ? ZeroAddress : checkedAddress(options.token, "token");
  const to = options.to && checkedAddress(options.to, "recipient");
  const part = options.amount === undefined ? undefined : await parseAmount(chain, options.amount, token);
  const unit = await unitOf(chain.signer, token);
  const waits = waitOptions(options);
  return { ...unit, ...(await withdrawBalance(contracts, chain.signer, token, to, part, waits)) };
}
