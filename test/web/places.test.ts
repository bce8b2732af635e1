import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { Wallet } from "ethers";
import { bundlePage } from "../../scripts/web.js";
import { ModelRegistry__factory } from "../../types/ethers-contracts/factories/ModelRegistry__factory.js";
import { KEYS } from "../helpers/anvil.js";
import { npy } from "../import/samples/npy.js";
import { temporaryFolder } from "../plugin/project.js";
import { expectPicture } from "../helpers/pictures.js";
import type { JobText } from "./checkout/liar.js";
import { IRIS } from "./checkout/market.js";
import { pageVisits } from "./checkout/pageVisits.js";
import { serveFiles } from "./checkout/serveFiles.js";

type Answered = NonNullable<JobText["answer"]>;

describe("the page that sells, with other inputs, places, wallets and liars", function () {
  this.timeout(300_000);
  const visits = pageVisits();
  const { open, draw, press, answer, violations, look, choose, saved } = visits;

  let proven: Answered;

  it("reads features from a table's row, and tokens from a text", async () => {
    const { page } = await open({ width: 360 });
    await page.getByRole("combobox", { name: "Model" }).selectOption({ label: "iris" });
    await page.getByText("Iris <b>& co</b>").waitFor();
    await choose(page, "a.csv", "id,petal width,sepal width,sepal length\n1,0.4,0.2,0.1");
    await page.getByRole("alert").getByText('The file has no column "petal length".').waitFor();
    await choose(page, "b.csv", "id,petal width,sepal width,sepal length,petal length\n1,0.4,0.2,x,0.3");
    await page.getByText('Row 2, column "sepal length": "x" is no number.').waitFor();
    await choose(
      page,
      "c.csv",
      "id,petal width,sepal width,sepal length,petal length\n1,0.4,0.2,0.1,0.3\n2,0,0,0,0",
    );
    await page
      .getByText("The file has several rows: the first is taken. Columns that the model does not know: id.")
      .waitFor();
    for (const [i, value] of ["0.1", "0.2", "0.3", "0.4"].entries())
      expect(await page.getByLabel(`${IRIS.inputs!.x.features![i]} in cm`).inputValue()).to.equal(value);
    expect(await page.getByRole("alert").count()).to.equal(0);
    await look(page, "10-table");
    expect(await violations(page)).to.deep.equal([]);
    await page.getByLabel("JSON or a file").check();
    const array = npy("'<f4'", "1, 4", Buffer.from(Float32Array.of(0.1, 0.2, 0.3, 0.4).buffer));
    await choose(page, "d.npy", array);
    await page.getByText("Read from d.npy.").waitFor();
    expect(await page.getByRole("alert").count()).to.equal(0);
    await choose(page, "e.npy", array.subarray(0, -1));
    await page.getByRole("alert").getByText("This file is damaged").waitFor();

    await page.getByRole("combobox", { name: "Model" }).selectOption({ label: "words" });
    const tokens = page.getByRole("list", { name: "Tokens, as the model sees them" }).getByRole("listitem");
    await page.getByRole("textbox", { name: "Text" }).fill("ab the");
    await page.getByText("Your text has more than 2 tokens, and the model takes 2: shorten it.").waitFor();
    expect(await tokens.allInnerTexts()).to.deep.equal(["ab", "␣", "the"]);
    await page.getByRole("textbox", { name: "Text" }).fill("z");
    await page.getByText('No token of the model begins with "z" (character 1).').waitFor();
    await page.getByRole("textbox", { name: "Text" }).fill("ab");
    await page.getByText("1 token of 2; the rest is filled up with the").waitFor();
    expect(await page.getByRole("alert").count()).to.equal(0);
    await look(page, "11-text");
    expect(await violations(page)).to.deep.equal([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).to.be.at.most(360);
    expect(visits.complaints).to.deep.equal([]);
  });

  it("sells from any other place, where the service's answers are all that it is let to ask", async () => {
    const folder = temporaryFolder();
    await bundlePage("checkout", folder);
    const place = await serveFiles(folder);
    try {
      const { page } = await open({
        url: `${place.url}/?service=${encodeURIComponent(visits.market.service.url)}`,
      });
      await draw(page);
      await press(page, "Connect Test wallet");
      await press(page, "Get an offer");
      await press(page, "Pay 1.5 TEST");
      await answer(page).getByText("✓ Verified in this browser").waitFor();
      await page.locator(".progress li.done", { hasText: "Final on the chain" }).waitFor();
      proven = JSON.parse(await readFile(await saved(page, "Save the proof"), "utf8")) as Answered;
      expect(visits.complaints).to.deep.equal([]);
      const asking = { method: "OPTIONS", headers: { origin: place.url } };
      for (const [path, allowed] of [
        ["/models", "*"],
        [`/jobs/0x${"0".repeat(64)}/events`, "*"],
        ["/metrics", null],
        ["/openapi.json", null],
      ] as const) {
        const { headers } = await fetch(visits.market.service.url + path, asking);
        expect(headers.get("access-control-allow-origin"), path).to.equal(allowed);
        expect(headers.get("access-control-allow-credentials")).to.equal(null);
      }
      // Metrics are for this machine, and for none of the pages that its user looks at.
      const isRead = await page.evaluate(
        `fetch("${visits.market.service.url}/metrics").then(() => true, () => false)`,
      );
      expect(isRead).to.equal(false);
      // A service that serves the page lets it ask nobody else.
      visits.complaints.length = 0;
      const own = `${visits.market.service.url}/?service=${encodeURIComponent(visits.liar.url.replace("127.0.0.1", "[::1]"))}`;
      await page.goto(own);
      await page.getByRole("status").getByText("does not answer").waitFor();
      expect(visits.complaints.join()).to.contain("Content Security Policy");
    } finally {
      await place.close();
    }
  });

  it("goes along when the wallet's owner chooses another chain or account", async () => {
    const { page, wallet } = await open();
    await draw(page);
    await press(page, "Connect Test wallet");
    await page.getByRole("button", { name: "Get an offer" }).waitFor();
    await wallet.changeChain(page, 1n);
    await page.getByRole("button", { name: "Switch network" }).waitFor();
    await wallet.changeChain(page, 31337n);
    await press(page, "Get an offer");
    await page.getByRole("button", { name: "Pay 1.5 TEST" }).waitFor();
    // An offer is of one account.
    await wallet.changeAccount(page, Wallet.createRandom().privateKey);
    await press(page, "Connect another account");
    await page.getByText(`This order is of the account ${new Wallet(KEYS[1]).address}`).waitFor();
    await wallet.changeChain(page, 1n);
    await page.getByRole("button", { name: "Switch network" }).waitFor();
    await page.getByText("shown when the wallet is connected").waitFor();
    await wallet.changeChain(page, 31337n);
    await wallet.changeAccount(page, KEYS[1]);
    await page.getByRole("button", { name: "Pay 1.5 TEST" }).waitFor();
    expect(wallet.signed).to.deep.equal([]);
  });

  it("sells nothing of a model that is not the one of its id, and shows no name that does not fit", async () => {
    visits.liar.lieOfModel = (truth) => ({
      ...truth,
      manifest: { ...truth.manifest, model: { ...truth.manifest.model, sha256: "0".repeat(64) } },
    });
    const { page } = await open({
      url: visits.liar.url,
      waitFor: "What the service describes is not the model",
    });
    expect(await page.getByText("What was checked").count()).to.equal(0);
    expect(await page.getByRole("region", { name: "Your input" }).count()).to.equal(0);
    expect(await page.getByText("Nothing was paid.").count()).to.equal(1);
    visits.liar.lieOfModel = (truth) => ({
      ...truth,
      manifest: { ...truth.manifest, card: { title: "Too short", inputs: { x: { features: ["one"] } } } },
    });
    await page.reload();
    await page.getByRole("combobox", { name: "Model" }).selectOption({ label: "iris" });
    await page.getByLabel("x[3]").waitFor();
    expect(await page.getByText("Too short").count()).to.equal(0);
  });

  it("says what a buyer must know: what was checked, by whom, and what was not", async () => {
    const { page } = await open();
    await page.getByText("What was checked").click();
    const lines = await page.locator(".checked li").allInnerTexts();
    const line = (name: string) => lines.find((one) => one.includes(`${name}:`))!.replace(/\s+/g, " ");
    expect(line("Model")).to.match(/^✓ Model: .* belong to the model id 0x[0-9a-f]{64}\. Checked here\.$/);
    for (const name of ["Registry", "Offer", "Answer"])
      expect(line(name)).to.match(/^– .*Not checked yet\.$/);
    const said = /^– .*Not checked: the provider says so\.$/;
    for (const [name, words] of [
      ["Key", "whoever made it can forge any answer"],
      ["Model file", "sha256 "],
      ["Accuracy", " % right, "],
      ["Numbers and names", "how the answer is read"],
      ["Audit", "not done here; anybody can: npx torch2circom audit http://127.0.0.1:"],
    ]) {
      expect(line(name)).to.match(said);
      expect(line(name)).to.contain(words);
    }
    expect(await page.locator(".checked").innerText()).to.contain(
      "It does not say that the answer is right.",
    );
    expect(await page.locator(".checked").innerText()).to.match(
      /The model takes \w+ of 1 × 64 numbers from 0 to /,
    );
  });

  it("pays nothing where the chain's registry does not know the model", async () => {
    const { page, wallet } = await open();
    await draw(page);
    await press(page, "Connect Test wallet");
    await press(page, "Get an offer");
    await page.getByRole("button", { name: "Pay 1.5 TEST" }).waitFor();
    const { selector } = ModelRegistry__factory.createInterface().getFunction("signalCount");
    wallet.lieOfCall = (data) => (data.startsWith(selector) ? `0x${"0".repeat(64)}` : undefined);
    await press(page, "Pay 1.5 TEST");
    await page.getByText("The registry on this chain does not know the model. Nothing was paid.").waitFor();
    await page.getByText("What was checked").click();
    await page.locator(".checked li.failed", { hasText: "Registry" }).getByText("Failed.").waitFor();
    expect(wallet.signed).to.deep.equal([]);
  });

  // The last one: it moves the chain's clock, and ends the prover.
  it("shows a forged answer in red, and gives the payment back", async () => {
    const { page, wallet } = await open({ url: visits.liar.url });
    const client = new Wallet(KEYS[1]).address;
    const before = await visits.market.token.balanceOf(client);
    await draw(page);
    await press(page, "Connect Test wallet");
    await press(page, "Get an offer");
    await page.getByRole("button", { name: "Pay 1.5 TEST" }).waitFor();
    await visits.market.endProver();
    // An answer that holds, for another job; then one that nobody has proven.
    visits.liar.lie = () => ({ state: "proven", answer: proven });
    await press(page, "Pay 1.5 TEST");
    await page.getByText("✗ The service's answer does not verify. Do not use it.").waitFor();
    await page.getByText("it is about another").waitFor();
    const [first, ...rest] = proven.publicSignals;
    visits.liar.lie = () => ({
      state: "proven",
      answer: { ...proven, publicSignals: [String(BigInt(first) + 1n), ...rest] },
    });
    await press(page, "Ask the service again");
    await page.getByText("its proof does not verify").waitFor();
    expect(await page.locator(".checked li.failed").textContent()).to.contain("Answer");
    expect(await answer(page).count()).to.equal(0);
    await page.getByRole("button", { name: "Get 1.5 TEST back after" }).waitFor();
    await look(page, "9-forged");
    await expectPicture(page, "page-forged");
    expect(await violations(page)).to.deep.equal([]);
    expect(await visits.market.token.balanceOf(client)).to.equal(before - 15n * 10n ** 17n);
    await visits.market.devnet.anvil.send("evm_increaseTime", 86_400);
    await press(page, /^Get 1\.5 TEST back$/);
    await page.getByRole("button", { name: "Ask something else" }).waitFor();
    expect(await visits.market.token.balanceOf(client)).to.equal(before);
    expect(wallet.signed).to.deep.equal(["ReceiveWithAuthorization", "a transaction", "a transaction"]);
  });
});
