import { itKeepsState } from "./stateSuite.js";

describe("a state in the server of DATABASE_URL", function () {
  this.timeout(120_000);
  itKeepsState();
});
