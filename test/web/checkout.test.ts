import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import chromium from "@sparticuz/chromium";
import { expect } from "chai";
import { Wallet } from "ethers";
import { chromium as playwright, type Browser, type BrowserContext, type Page } from "playwright-core";
import { bundleCheckout } from "../../scripts/web.js";
import { KEYS } from "../helpers/anvil.js";
import { itLong } from "../helpers/long.js";
import { npy } from "../import/samples/npy.js";
import { temporaryFolder } from "../plugin/project.js";
import { startLiar, type JobText, type Liar } from "./checkout/liar.js";
import { IRIS, Market } from "./checkout/market.js";
import { TestWallet } from "./checkout/testWallet.js";

/** Bytes of the page with all that it loads, compressed. */
const BUDGET = 250_000;

/** What makes this Chromium another than people have: several pages close in one process, and no site is kept from others. */
const UNLIKE_OTHERS = [
  "--single-process",
  "--no-zygote",
  "--disable-web-security",
  "--allow-running-insecure-content",
];

/** Folder for pictures of the page, to look at. */
const shots = process.env.PAGE_SHOTS;

type Answered = NonNullable<JobText["answer"]>;

describe("the page on which people buy answers", function () {
  this.timeout(300_000);
  let market: Market;
  let liar: Liar;
  let browser: Browser;
  let axe: string;
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];

  before(async () => {
    [market, browser] = await Promise.all([
      Market.open(),
      playwright.launch({
        executablePath: await chromium.executablePath(),
        args: chromium.args.filter((one) => !UNLIKE_OTHERS.includes(one)),
        headless: true,
      }),
    ]);
    axe = await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
    liar = await startLiar(market.service.url);
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    liar.lie = undefined;
  });
  after(async () => {
    await browser?.close();
    await liar?.close();
    await market?.close();
  });

  interface Visit {
    readonly url?: string;
    readonly width?: number;
    readonly colorScheme?: "light" | "dark";
    readonly key?: string;
  }

  /** The page, opened by somebody with a wallet; whatever a browser complains of is kept. */
  async function open({
    url = market.service.url,
    width = 1000,
    colorScheme = "light",
    key = KEYS[1],
  }: Visit = {}) {
    const context = await browser.newContext({
      viewport: { width, height: 1000 },
      colorScheme,
      acceptDownloads: true,
    });
    contexts.push(context);
    // A busy machine proves slowly.
    context.setDefaultTimeout(120_000);
    const wallet = new TestWallet(key, market.node);
    await wallet.install(context);
    const page = await context.newPage();
    complaints.length = 0;
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(url);
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
  /** What breaks axe's rules. */
  const violations = (page: Page) =>
    // Not by the page: its policy lets no other script in.
    page.evaluate(
      `${axe};axe.run().then(({violations}) => violations.map(({id, nodes}) => id + " " + nodes[0].html))`,
    );
  const look = async (page: Page, name: string) => {
    if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  };

  it("is small, with all that verifies", async () => {
    const folder = temporaryFolder();
    const { inputs } = await bundleCheckout(folder);
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
    await look(page, "5-final");
    expect(await violations(page)).to.deep.equal([]);
    const saved = async (name: string) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByText(name).click()]);
      return download.path();
    };
    const proof = JSON.parse(await readFile(await saved("Save the proof"), "utf8")) as Answered;
    expect(proof.publicSignals).to.have.length(3);
    proven = proof;
    const file = await saved("Save the job's file");
    expect(complaints).to.deep.equal([]);

    // Another browser, without a wallet that is connected.
    const { page: other } = await open();
    await other.getByText("Earlier orders").click();
    await other.getByLabel("Go on with a job's file").setInputFiles(file);
    await answer(other).getByText("✓ Verified in this browser").waitFor();
    expect(await answer(other).innerText()).to.equal(await answer(page).innerText());
    expect(complaints).to.deep.equal([]);
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
    await look(page, "7-phone");
    expect(await violations(page)).to.deep.equal([]);
    expect(wallet.signed).to.deep.equal(["a transaction"]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).to.be.at.most(360);
    expect(complaints).to.deep.equal([]);
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

  const choose = (page: Page, name: string, content: string | Buffer) =>
    page.getByRole("button", { name: "Choose a file" }).setInputFiles({
      ...{ name, mimeType: "application/octet-stream" },
      buffer: Buffer.from(content),
    });

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
    await page.getByText("Your text has 3 tokens, and the model takes 2: shorten it.").waitFor();
    expect(await tokens.allInnerTexts()).to.deep.equal(["ab", "␣", "the"]);
    await page.getByRole("textbox", { name: "Text" }).fill("z");
    await page.getByText('No token of the model begins with "z" (character 1).').waitFor();
    await page.getByRole("textbox", { name: "Text" }).fill("ab");
    await page.getByText("1 token of 2; the rest is filled up with the").waitFor();
    expect(await page.getByRole("alert").count()).to.equal(0);
    await look(page, "11-text");
    expect(await violations(page)).to.deep.equal([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).to.be.at.most(360);
    expect(complaints).to.deep.equal([]);
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
    expect(await violations(page)).to.deep.equal([]);
    expect(await market.token.balanceOf(client)).to.equal(before - 15n * 10n ** 17n);
    await market.devnet.anvil.send("evm_increaseTime", 86_400);
    await press(page, /^Get 1\.5 TEST back$/);
    await page.getByRole("button", { name: "Ask something else" }).waitFor();
    expect(await market.token.balanceOf(client)).to.equal(before);
    expect(wallet.signed).to.deep.equal(["ReceiveWithAuthorization", "a transaction", "a transaction"]);
  });
});
