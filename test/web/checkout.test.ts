import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { Wallet } from "ethers";
import type { Page } from "playwright-core";
import { bundlePage } from "../../scripts/web.js";
import { KEYS } from "../helpers/anvil.js";
import { expectPicture } from "../helpers/pictures.js";
import { itLong } from "../helpers/long.js";
import { temporaryFolder } from "../plugin/project.js";
import { Chromium, type Opening } from "./checkout/chromium.js";
import { startLiar, type JobText, type Liar } from "./checkout/liar.js";
import { Market } from "./checkout/market.js";
import { TestWallet } from "./checkout/testWallet.js";

/** Bytes of the page with all that it loads, compressed. */
const BUDGET = 250_000;

type Answered = NonNullable<JobText["answer"]>;

describe("the page on which people buy answers", function () {
  this.timeout(300_000);
  let market: Market;
  let liar: Liar;
  let browser: Chromium;

  before(async () => {
    [market, browser] = await Promise.all([Market.open(), Chromium.launch()]);
    liar = await startLiar(market.service.url);
  });
  afterEach(async () => {
    await browser.closeContexts();
    liar.lie = undefined;
  });
  after(async () => {
    await browser?.close();
    await liar?.close();
    await market?.close();
  });

  interface Visit extends Pick<Opening, "width" | "colorScheme"> {
    readonly url?: string;
    readonly key?: string;
  }

  /** The page, opened by somebody with a wallet. */
  async function open({ url = market.service.url, key = KEYS[1], ...visit }: Visit = {}) {
    const wallet = new TestWallet(key, market.node);
    const page = await browser.open(url, { ...visit, install: (context) => wallet.install(context) });
    await page.getByText("What was checked").waitFor();
    return { page, wallet };
  }

  async function draw(page: Page): Promise<void> {
    const paper = page.getByRole("img", { name: "Paper to draw on" });
    const { x, y, width } = (await paper.boundingBox())!;
    await page.mouse.move(x + width / 2, y + 0.2 * width);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 0.8 * width, { steps: 8 });
    await page.mouse.up();
  }

  /** Goes there by the keyboard, as soon as it is there. */
  async function tabTo(page: Page, name: string): Promise<void> {
    const [button, choice, field] = (["button", "combobox", "textbox"] as const).map((role) =>
      page.getByRole(role, { name, exact: true, disabled: false }),
    );
    const target = button.or(choice).or(field);
    await target.waitFor();
    for (let i = 0; i < 60; i++) {
      if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    expect.fail(`the keyboard does not reach "${name}"`);
  }

  const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).click();
  const answer = (page: Page) => page.getByRole("region", { name: "Answer" });
  const violations = (page: Page) => browser.violations(page);
  const look = (page: Page, name: string) => browser.look(page, name);

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

  let proven: Answered;

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
    for (const name of ["Key", "Model file", "Accuracy", "Audit"])
      expect(
        checked.find((line) => line.includes(`${name}:`)),
        name,
      ).to.match(/^–[^]*Not checked/);
    await page.locator(".progress li.done", { hasText: "Final on the chain" }).waitFor();
    const shared = await page.getByRole("link", { name: "Public page of this job" }).getAttribute("href");
    expect(shared?.slice(0, -66)).to.equal(`${market.service.url}/jobs/`);
    await look(page, "5-final");
    await expectPicture(page, "page-answer", 1150);
    expect(await violations(page)).to.deep.equal([]);
    const saved = async (name: string) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByText(name).click()]);
      return download.path();
    };
    const proof = JSON.parse(await readFile(await saved("Save the proof"), "utf8")) as Answered;
    expect(proof.publicSignals).to.have.length(3);
    proven = proof;
    const file = await saved("Save the job's file");
    expect(browser.complaints).to.deep.equal([]);

    // Another browser, without a wallet that is connected.
    const { page: other } = await open();
    await other.getByText("Earlier orders").click();
    await other.getByLabel("Go on with a job's file").setInputFiles(file);
    await answer(other).getByText("✓ Verified in this browser").waitFor();
    expect(await answer(other).innerText()).to.equal(await answer(page).innerText());
    expect(browser.complaints).to.deep.equal([]);
  });

  it("sells one by keyboard alone on a phone, for a transaction, after a wrong network, number and denial", async () => {
    const { page, wallet } = await open({ width: 360, colorScheme: "dark" });
    wallet.chainId = 1n;
    wallet.isDenying = true;
    await tabTo(page, "Model");
    await page.keyboard.type("iris");
    for (const [i, value] of ["9999", "0.2", "0.3", "0.4"].entries()) {
      await tabTo(page, `x[${i}]`);
      await page.keyboard.type(value);
    }
    await page.getByText("x[0] = 9999 is outside the model's domain").waitFor();
    await tabTo(page, "Pay in");
    await page.keyboard.type("ETH");
    await tabTo(page, "Connect Test wallet");
    await page.keyboard.press("Enter");
    await tabTo(page, "Switch network");
    await page.keyboard.press("Enter");
    await tabTo(page, "Get an offer");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("x[0] = 9999 is outside").waitFor();
    await tabTo(page, "x[0]");
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
    await look(page, "7-phone");
    await expectPicture(page, "page-phone");
    expect(await violations(page)).to.deep.equal([]);
    expect(wallet.signed).to.deep.equal(["a transaction"]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).to.be.at.most(360);
    expect(browser.complaints).to.deep.equal([]);
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
    await page.goto(`${market.service.url}/?demo=${market.devnet.anvil.url}`);
    await page.getByLabel("Demo wallet").check();
    await press(page, "Connect Demo wallet");
    await page.getByText("of Demo wallet").waitFor();
    await press(page, "Get an offer");
    await page.getByRole("status").getByText("Draw something first").waitFor();
    for (const elsewhere of ["https://node.example", "http://127.0.0.1.example:80", ""]) {
      await page.goto(`${market.service.url}/?demo=${encodeURIComponent(elsewhere)}`);
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
    const { headers } = await fetch(market.service.url);
    expect(headers.get("content-security-policy")).to.equal(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  // The last one: it moves the chain's clock, and ends the prover.
  it("shows a forged answer in red, and gives the payment back", async () => {
    const { page, wallet } = await open({ url: liar.url });
    const client = new Wallet(KEYS[1]).address;
    const before = await market.token.balanceOf(client);
    await draw(page);
    await press(page, "Connect Test wallet");
    await press(page, "Get an offer");
    await page.getByRole("button", { name: "Pay 1.5 TEST" }).waitFor();
    await market.endProver();
    // An answer that holds, for another job; then one that nobody has proven.
    liar.lie = () => ({ state: "proven", answer: proven });
    await press(page, "Pay 1.5 TEST");
    await page.getByText("✗ The service's answer does not verify. Do not use it.").waitFor();
    await page.getByText("it is about another").waitFor();
    const [first, ...rest] = proven.publicSignals;
    liar.lie = () => ({
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
    expect(await market.token.balanceOf(client)).to.equal(before - 15n * 10n ** 17n);
    await market.devnet.anvil.send("evm_increaseTime", 86_400);
    await press(page, /^Get 1\.5 TEST back$/);
    await page.getByRole("button", { name: "Ask something else" }).waitFor();
    expect(await market.token.balanceOf(client)).to.equal(before);
    expect(wallet.signed).to.deep.equal(["ReceiveWithAuthorization", "a transaction", "a transaction"]);
  });
});
