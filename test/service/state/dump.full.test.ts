import { expect } from "chai";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { readBooks } from "../../../src/service/books/books.js";
import { Market } from "../running/market.js";
import { debianPrograms, PostgresServer } from "./postgresServer.js";

const run = promisify(execFile);

describe("a dump of a database that provers share", function () {
  this.timeout(300_000);
  const programs = debianPrograms();
  if (programs === undefined) {
    it.skip("needs PostgreSQL below /usr/lib/postgresql: apt-get install postgresql");
    return;
  }
  let market: Market;
  let server: PostgresServer;

  before(async () => {
    market = await Market.open();
    server = await PostgresServer.start(programs);
  });
  after(async () => {
    await market.close();
    await server.close();
  });

  it("goes on in another database, with the key", async () => {
    const [from, to] = [server.url(), server.url(undefined, "restored")];
    // One job is settled, one is proven, one is funded, and one waits for its payment.
    await market.serve({ provers: 1 }, { DATABASE_URL: from });
    const settled = await market.buy();
    await market.until([settled], "final", { mining: true });
    await market.stop();
    await market.serve({ provers: 1, settling: { wait: 100_000 } }, { DATABASE_URL: from });
    const proven = await market.buy();
    await market.until([proven], "proven", { mining: true });
    const [quoted, funded] = [await market.order(), await market.buy()];
    await market.until([funded], ["funded", "proving", "proven"], { mining: true });
    await market.stop("end");

    const dump = join(market.root, "dump");
    const program = (name: string) => join(programs, name);
    await run(program("pg_dump"), ["--format", "custom", "--file", dump, from]);
    await run(program("psql"), [from, "-c", "create database restored"]);
    await run(program("pg_restore"), ["--exit-on-error", "--dbname", to, dump]);

    await market.serve({ provers: 1 }, { DATABASE_URL: to });
    await market.pay(market.moved(quoted));
    const all = [settled, proven, funded, quoted];
    await market.until(all, "final", { mining: true });
    for (const order of all) expect(await market.statusOf(order)).to.equal("fulfilled");
    const { jobs, transactions } = await readBooks(market.database);
    expect(jobs).to.deep.equal({ final: 4 });
    expect(transactions.waiting).to.equal(0);
  });
});
