import { debianPrograms } from "./postgresServer.js";
import { itKeepsState } from "./stateSuite.js";

describe("a state in Debian's PostgreSQL", function () {
  this.timeout(300_000);
  const programs = debianPrograms();
  if (programs === undefined) {
    it.skip("needs PostgreSQL below /usr/lib/postgresql: apt-get install postgresql");
    return;
  }
  itKeepsState(() => programs);
});
