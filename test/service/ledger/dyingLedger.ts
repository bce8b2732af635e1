import { JsonRpcProvider, Wallet, type TransactionResponse } from "ethers";
import { Database } from "../../../src/service/database/database.js";
import { Ledger } from "../../../src/service/ledger/ledger.js";
import { OPTIONS } from "./setting.js";

// A ledger that dies without a last word when it sends its first transaction: before the node has it, or after.
// node --import tsx dyingLedger.ts <database> <node> <key> <before | after>

const [database, node, key, when] = process.argv.slice(2);

class DyingProvider extends JsonRpcProvider {
  override async broadcastTransaction(raw: string): Promise<TransactionResponse> {
    // The node may say that it has the transaction already.
    if (when === "after") await super.broadcastTransaction(raw).catch(() => undefined);
    process.kill(process.pid, "SIGKILL");
    return new Promise(() => undefined);
  }
}

const provider = new DyingProvider(node, 31337, { staticNetwork: true });
const options = { ...OPTIONS, log: () => undefined };
const open = () => Ledger.open(new Database(database), provider, new Wallet(key), options);
let ledger: Ledger | undefined;
// The owner before may not be quite gone, and the database may be coming back.
while (ledger === undefined) ledger = await open().catch(() => undefined);
for (;;) await ledger.tick();
