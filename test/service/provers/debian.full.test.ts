import { debianPrograms, PostgresServer } from "../state/postgresServer.js";
import { itProves } from "./proverSuite.js";
import { Service } from "./service.js";

describe("a prover of a service with Debian's PostgreSQL", function () {
  const programs = debianPrograms();
  if (programs === undefined) {
    it.skip("needs PostgreSQL below /usr/lib/postgresql: apt-get install postgresql");
    return;
  }
  itProves(async () => Service.start(await PostgresServer.start(programs)));
});
