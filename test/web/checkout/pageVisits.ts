import { expect } from "chai";
import type { Page } from "playwright-core";
import { KEYS } from "../../helpers/anvil.js";
import { Chromium, type Opening } from "./chromium.js";
import { startLiar, type Liar } from "./liar.js";
import { Market } from "./market.js";
import { TestWallet } from "./testWallet.js";

let market: Market;
let liar: Liar;
let browser: Chromium | undefined;

// All that visit share them: to build three models and to start a service takes longer than most visits.
after(async () => {
  if (browser === undefined) return;
  await browser.close();
  await liar?.close();
  await market?.close();
});

/** A market with its page, a liar before it, and a browser for whoever visits: for the tests of a `describe`. */
export function pageVisits() {
  before(async () => {
    if (browser !== undefined) return;
    [market, browser] = await Promise.all([Market.open(), Chromium.launch()]);
    liar = await startLiar(market.service.url);
  });
  afterEach(async () => {
    await browser!.closeContexts();
    liar.lie = liar.lieOfModel = undefined;
  });
  interface Visit extends Pick<Opening, "width" | "colorScheme"> {
    readonly url?: string;
    readonly key?: string;
    /** What is there when the page is. */
    readonly waitFor?: string;
  }

  /** The page, opened by somebody with a wallet. */
  async function open({
    url = market.service.url,
    key = KEYS[1],
    waitFor = "What was checked",
    ...visit
  }: Visit = {}) {
    const wallet = new TestWallet(key, market.node);
    const page = await browser!.open(url, { ...visit, install: (context) => wallet.install(context) });
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
  const violations = (page: Page) => browser!.violations(page);
  const look = (page: Page, name: string) => browser!.look(page, name);
  const choose = (page: Page, name: string, content: string | Buffer) =>
    page.getByRole("button", { name: "Choose a file" }).setInputFiles({
      ...{ name, mimeType: "application/octet-stream" },
      buffer: Buffer.from(content),
    });
  /** What a link saves. @returns its path */
  const saved = async (page: Page, link: string) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByText(link).click()]);
    return download.path();
  };
  return {
    ...{ open, draw, tabTo, press, answer, violations, look, choose, saved },
    get complaints() {
      return browser!.complaints;
    },
    get market() {
      return market;
    },
    get liar() {
      return liar;
    },
  };
}
