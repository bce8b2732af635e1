import { readFile } from "node:fs/promises";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import { expect } from "chai";
import { chromium as playwright, type Browser, type BrowserContext, type Page } from "playwright-core";
import { KEYS } from "../../helpers/anvil.js";
import { startLiar, type Liar } from "./liar.js";
import { Market } from "./market.js";
import { TestWallet } from "./testWallet.js";

/** What makes this Chromium another than people have: several pages close in one process, and no site is kept from others. */
const UNLIKE_OTHERS = [
  "--single-process",
  "--no-zygote",
  "--disable-web-security",
  "--allow-running-insecure-content",
];

/** Folder for pictures of the page, to look at. */
const shots = process.env.PAGE_SHOTS;

/** A market with its page, a liar before it, and a browser for whoever visits: for the tests of one `describe`. */
export function pageVisits() {
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
    liar.lie = liar.lieOfModel = undefined;
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
    /** What is there when the page is. */
    readonly waitFor?: string;
  }

  /** The page, opened by somebody with a wallet; whatever a browser complains of is kept. */
  async function open({
    url = market.service.url,
    width = 1000,
    colorScheme = "light",
    key = KEYS[1],
    waitFor = "What was checked",
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
    await page.getByText(waitFor).waitFor();
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
  const choose = (page: Page, name: string, content: string | Buffer) =>
    page.getByRole("button", { name: "Choose a file" }).setInputFiles({
      ...{ name, mimeType: "application/octet-stream" },
      buffer: Buffer.from(content),
    });
  return {
    ...{ open, draw, tabTo, press, answer, violations, look, choose, complaints },
    get market() {
      return market;
    },
    get liar() {
      return liar;
    },
  };
}
