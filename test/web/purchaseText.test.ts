import { expect } from "chai";
import { jobIdOf } from "../../src/client/binding.js";
import type { FundedJob } from "../../src/client/service/deliverInput.js";
import type { Purchase } from "../../src/client/service/purchase.js";
import { purchaseOfText, purchaseText } from "../../web/parts/kept/purchaseText.js";

const address = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
const word = `0x${"11".repeat(32)}`;
const job = {
  ...{ modelId: word, inputCommitment: 5n, client: address, provider: address, token: address, amount: 7n },
  ...{ bond: 0n, fundBy: 8n, fulfillBy: 9n, callback: address, callbackGas: 0n, salt: word },
};
const funded: FundedJob = {
  ...{ jobId: jobIdOf(job), model: "iris", chainId: 31337n, escrow: address, job },
  input: { integers: [[1, 2, -3]], salt: 2n ** 200n, commitment: 5n },
};
const purchase: Purchase = {
  ...funded,
  offer: "0x1234",
  service: { url: "https://provider.example", ticket: "ab".repeat(32), oneStep: false },
};

describe("the file of a job, in the browser", () => {
  it("says all that it was made of", () => {
    expect(purchaseOfText(purchaseText(purchase))).to.deep.equal(purchase);
  });

  it("may be one that the command line wrote, without a service and with more in it", () => {
    const text = JSON.stringify({ ...(JSON.parse(purchaseText(funded)) as object), transactions: [] });
    expect(purchaseOfText(text)).to.deep.equal(funded);
  });

  it("is refused where terms, input or place are not its own", () => {
    const changed = (change: object) => purchaseText({ ...purchase, ...change });
    for (const [text, words] of [
      ["", "This is not the file of a job."],
      ["[]", "This is not the file of a job"],
      [changed({ jobId: word }), "its id is not that of its terms"],
      [changed({ job: { ...job, amount: 8n } }), "its id is not that of its terms"],
      [changed({ input: { ...purchase.input, commitment: 6n } }), "its input is not that of its terms"],
      [changed({ service: { ...purchase.service, url: "javascript:alert(1)" } }), "it is not an address"],
      [changed({ service: { ...purchase.service, ticket: "" } }), "it is not a ticket"],
      [changed({ input: { ...purchase.input, integers: [[0.5]] } }), "This is not the file of a job"],
    ])
      expect(() => purchaseOfText(text), text.slice(0, 40)).to.throw(words);
  });
});
