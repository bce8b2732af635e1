import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { Wallet } from "ethers";
import { bundlePage } from "../../scripts/web.js";
import { expectPicture } from "../helpers/pictures.js";
import { itLong } from "../helpers/long.js";
import { temporaryFolder } from "../plugin/project.js";
import type { JobText } from "./checkout/liar.js";
import { IRIS } from "./checkout/market.js";
import { pageVisits } from "./checkout/pageVisits.js";

/** Bytes of the page with all that it loads, compressed. */
const BUDGET = 250_000;

type Answered = NonNullable<JobText["answer"]>;

describe("the page on which people buy answers", function () {
  this.timeout(300_000);
  const visits = pageVisits();
  const { open, draw, tabTo, press, answer, violations, look, saved } = visits;

  it("is small, with all that verifies", async () => {
    const folder = temporaryFolder();
    const { inputs } = await bundlePage("checkout", folder);
    const files = await readdir(folder);
    expect(files.sort()).to.deep.equal(["index.html", "page.js", "style.css"]);
    const bytes = await Promise.all(
      files.map(async (name) => gzipSync(await readFile(join(folder, name))).length),
    );
    expect(bytes.reduce((sum, one) => sum + one)).to.be.below(BUDGET);
    expect(Object.keys(inputs)).to.include("src/client/verify.ts");
    expect(
      Object.keys(inputs).filter((file) => /^node:|node_modules\/(zod|hardhat)\//.test(file)),
    ).to.deep.equal([]);
  });

  it("sells an answer for a signature, and goes on after a reload", async () => {
    const { page, wallet } = await open();
    await look(page, "1-ask");
    await draw(page);
    await look(page, "2-drawn");
    await expectPicture(page, "page-drawn", 1150);
    await press(page, "Connect Test wallet");
    await press(page, "Get an offer");
    await page.getByText("Your offer from digits").waitFor();
    await page.getByRole("button", { name: "Pay 1.5 TEST" }).waitFor();
    await look(page, "3-offer");
    expect(await violations(page)).to.deep.equal([]);
    // Price, deadline and refund stand there before anything is signed.
    const next = await page.getByRole("region", { name: "Next step" }).innerText();
    expect(next).to.match(/1\.5 TEST\b[^]*by [^]*all of it, if there is no proven answer by then/);
    expect(wallet.signed).to.deep.equal([]);
    await page.reload();
    await press(page, "Pay 1.5 TEST");
    await page.getByText("Your answer from digits").waitFor();
    await page.reload();
    await page.getByText("Verified in this browser", { exact: false }).last().waitFor();
    await answer(page).getByText("✓ Verified in this browser").waitFor();
    await look(page, "4-answer");
    expect(wallet.signed).to.deep.equal(["ReceiveWithAuthorization"]);
    await page.getByText("What was checked").click();
    const checked = await page.locator(".checked li").allInnerTexts();
    expect(checked.find((line) => line.includes("Answer"))).to.contain("Checked here.");
    // Nothing has a tick that the page took from the provider.
    for (const name of ["Key", "Model file", "Accuracy", "Numbers and names", "Audit"])
      expect(
        checked.find((line) => line.includes(`${name}:`)),
        name,
      ).to.match(/^–[^]*Not checked/);
    await page.locator(".progress li.done", { hasText: "Final on the chain" }).waitFor();
    const shared = await page.getByRole("link", { name: "Public page of this job" }).getAttribute("href");
    expect(shared?.slice(0, -66)).to.equal(`${visits.market.service.url}/jobs/`);
    await look(page, "5-final");
    await expectPicture(page, "page-answer", 1150);
    expect(await violations(page)).to.deep.equal([]);
    const proof = JSON.parse(await readFile(await saved(page, "Save the proof"), "utf8")) as Answered;
    expect(proof.publicSignals).to.have.length(3);
    const file = await saved(page, "Save the job's file");
    expect(visits.complaints).to.deep.equal([]);

    // Another browser, without a wallet that is connected.
    const { page: other } = await open();
    await other.getByText("Earlier orders").click();
    await other.getByLabel("Go on with a job's file").setInputFiles(file);
    await answer(other).getByText("✓ Verified in this browser").waitFor();
    expect(await answer(other).innerText()).to.equal(await answer(page).innerText());
    expect(visits.complaints).to.deep.equal([]);
  });

  it("sells one by keyboard alone on a phone, for a transaction, after a wrong network, number and denial", async () => {
    const { page, wallet } = await open({ width: 360, colorScheme: "dark" });
    wallet.chainId = 1n;
    wallet.isDenying = true;
    await tabTo(page, "Model");
    await page.keyboard.type("iris");
    for (const [i, value] of ["9999", "0.2", "0.3", "0.4"].entries()) {
      await tabTo(page, `${IRIS.inputs!.x.features![i]} in cm`);
      await page.keyboard.type(value);
    }
    await page.getByText("sepal length = 9999 is outside the model's domain").waitFor();
    await tabTo(page, "Pay in");
    await page.keyboard.type("ETH");
    await tabTo(page, "Connect Test wallet");
    await page.keyboard.press("Enter");
    await tabTo(page, "Switch network");
    await page.keyboard.press("Enter");
    await tabTo(page, "Get an offer");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("sepal length = 9999 is outside").waitFor();
    await tabTo(page, "sepal length in cm");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("0.1");
    await tabTo(page, "Get an offer");
    await page.keyboard.press("Enter");
    await tabTo(page, "Pay 0.001 ETH");
    await page.keyboard.press("Enter");
    await page.getByText("The wallet did not sign").waitFor();
    await look(page, "6-denied");
    expect(wallet.signed).to.deep.equal([]);
    wallet.isDenying = false;
    await tabTo(page, "Pay 0.001 ETH");
    await page.keyboard.press("Enter");
    await answer(page).getByText("✓ Verified in this browser").waitFor();
    // Names of a stranger are text.
    const said = await answer(page).innerText();
    for (const name of IRIS.outputs!.output.classes!) expect(said).to.contain(name);
    expect(await page.locator("img[src=x], article b").count()).to.equal(0);
    await page.locator(".progress li.done", { hasText: "Final on the chain" }).waitFor();
    await look(page, "7-phone");
    await expectPicture(page, "page-phone");
    expect(await violations(page)).to.deep.equal([]);
    expect(wallet.signed).to.deep.equal(["a transaction"]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).to.be.at.most(360);
    expect(visits.complaints).to.deep.equal([]);
  });

  itLong("says what is missing: funds, or the service", async () => {
    const { page, wallet } = await open({ key: Wallet.createRandom().privateKey });
    await press(page, "Connect Test wallet");
    await press(page, "Get an offer");
    await page.getByRole("status").getByText("Draw something first").waitFor();
    await page.getByRole("button", { name: "Choose an image" }).setInputFiles({
      name: "text.png",
      mimeType: "image/png",
      buffer: Buffer.from("no image"),
    });
    await page.getByText("This file is no image that the browser can read.").waitFor();
    await draw(page);
    await page.context().setOffline(true);
    await press(page, "Get an offer");
    await page.getByText("does not answer").waitFor();
    await page.context().setOffline(false);
    await press(page, "Get an offer");
    await press(page, "Pay 1.5 TEST");
    await page.getByText("Your account has 0 TEST, and this costs 1.5 TEST. Nothing was paid.").waitFor();
    expect(wallet.signed).to.deep.equal([]);
  });

  it("is accessible by axe's rules, light and dark, and fits a phone", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await open({ colorScheme, width: 360 });
      await page.getByText("What was checked").click();
      await page.getByText("Earlier orders").click();
      await look(page, `8-${colorScheme}`);
      expect(await violations(page)).to.deep.equal([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).to.be.at.most(360);
    }
  });

  itLong("has a demo wallet on a local chain, where it is asked for", async () => {
    const { page } = await open();
    expect(await page.getByLabel("Demo wallet").count()).to.equal(0);
    await page.goto(`${visits.market.service.url}/?demo=${visits.market.devnet.anvil.url}`);
    await page.getByLabel("Demo wallet").check();
    await press(page, "Connect Demo wallet");
    await page.getByText("of Demo wallet").waitFor();
    await press(page, "Get an offer");
    await page.getByRole("status").getByText("Draw something first").waitFor();
    for (const elsewhere of ["https://node.example", "http://127.0.0.1.example:80", ""]) {
      await page.goto(`${visits.market.service.url}/?demo=${encodeURIComponent(elsewhere)}`);
      await page.getByText("What was checked").waitFor();
      expect(await page.getByLabel("Demo wallet").count()).to.equal(0);
    }
  });

  it("lets no script in that is not its own", async () => {
    const { page } = await open();
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement("script"), { textContent: "window.x = 1" }))`,
    );
    expect(await page.evaluate("window.x")).to.equal(undefined);
    const { headers } = await fetch(visits.market.service.url);
    expect(headers.get("content-security-policy")).to.equal(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  itLong(
    "reads the answer that the escrow has paid for from the chain, where the service shows another",
    async () => {
      const { page } = await open({ url: visits.liar.url });
      visits.liar.lie = (truth) => {
        const [first, ...rest] = truth.answer?.publicSignals ?? [];
        if (first === undefined) return truth;
        return {
          ...truth,
          answer: { ...truth.answer!, publicSignals: [String(BigInt(first) + 1n), ...rest] },
        };
      };
      await draw(page);
      await press(page, "Connect Test wallet");
      await press(page, "Get an offer");
      await press(page, "Pay 1.5 TEST");
      await page.getByText("✗ The service's answer does not verify. Do not use it.").waitFor();
      await answer(page).getByText("✓ Verified by the escrow, read from the chain").waitFor();
      await look(page, "12-from-the-chain");
      const read = await answer(page).locator("table").innerText();
      // What an honest service shows is the same.
      visits.liar.lie = undefined;
      await press(page, "Ask the service again");
      await answer(page).getByText("✓ Verified in this browser").waitFor();
      expect(await answer(page).locator("table").innerText()).to.equal(read);
    },
  );
});
