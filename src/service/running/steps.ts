import type { Ledger } from "../ledger/ledger.js";
import { DEFAULTS } from "../ledger/options.js";
import { addToTally } from "../metrics/tally.js";
import { withdrawEarnings } from "../orders/earnings.js";
import { checkEscrow } from "../orders/escrowChecks.js";
import { findFundings, followFundings } from "../orders/fundings.js";
import { refundLost } from "../orders/refunds.js";
import { beginSettlements, followSettlements } from "../orders/settlements.js";
import { eraseInputs, expireQuotes } from "../orders/upkeep.js";
import { forgetProvers } from "../provers/presence.js";
import type { Queue } from "../provers/queue.js";
import { EventStore } from "../watcher/eventStore.js";
import { endTaken } from "../watcher/taken.js";
import { Watcher } from "../watcher/watcher.js";
import { chainView } from "./chainView.js";
import { Coin, LEAST_FREE, requireRoom } from "./means.js";
import type { ServiceOptions } from "./options.js";
import type { Step } from "./rounds.js";

/** The step without which nothing happens on chain. */
export const CARRY_OUT = "carry out";

/** Steps whose failure stops quotes: what is sold has to be carried out. */
export const NEEDED = ["watch the account", "watch the disk"] as const;

/** What is done in every round, in the order of a job's way. */
export function stepsOf(options: ServiceOptions, ledger: Ledger, queue: Queue): Step[] {
  const { shop, state, provider, settling, withdrawing = {}, keepInputs = 24 * 3600 } = options;
  const { leastFree = LEAST_FREE } = options;
  const { database, folder } = state;
  const [account, disk] = NEEDED;
  const confirmations = options.ledger.confirmations ?? DEFAULTS.confirmations;
  const { statusOf, fundingOf } = chainView(shop.contracts, confirmations);
  const coin = new Coin(provider, shop, database);
  const watcher = watcherOf(options, confirmations);
  return [
    [account, () => coin.require()],
    [disk, async () => folder !== undefined && requireRoom(folder, leastFree)],
    [CARRY_OUT, () => ledger.tick()],
    ["follow payments", () => followFundings(database, queue, fundingOf)],
    ["find payments", () => findFundings(database, queue, fundingOf)],
    ["read events", () => watcher.round()],
    ["ask the escrow", () => checkEscrow(database, statusOf)],
    ["end jobs of others", () => endTaken(database)],
    ["settle", () => beginSettlements(shop, database, ledger, settling)],
    ["follow settlements", () => followSettlements(database, statusOf)],
    ["refund", () => refundLost(shop.contracts, database, ledger, statusOf)],
    ["withdraw", () => withdrawEarnings(shop, database, ledger, withdrawing)],
    ["expire quotes", () => expireQuotes(database)],
    ["forget provers", () => forgetProvers(database)],
    ["erase inputs", () => eraseInputs(database, keepInputs)],
    ["add up", () => addToTally(database)],
  ];
}

function watcherOf({ shop, state, provider, watching, ledger, log }: ServiceOptions, confirmations: number) {
  const { chain, contracts, escrow, provider: own } = shop;
  const { nodes = [provider], fromBlock } = watching ?? {};
  const store = new EventStore(state.database, { provider: own, chain: chain.id, escrow });
  const { callTime } = ledger;
  return new Watcher(store, { contracts, provider: own, nodes, confirmations, fromBlock, callTime, log });
}
