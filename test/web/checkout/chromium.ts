import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchBrowser } from "../../helpers/browser.js";

/** Folder for pictures of the pages, to look at. */
const shots = process.env.PAGE_SHOTS;

/** How a page is opened. */
export interface Opening {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
  /** Puts something into the pages of the new context. */
  readonly install?: (context: BrowserContext) => Promise<void>;
}

/** A real browser. Each page is opened by somebody new. */
export class Chromium {
  private readonly contexts: BrowserContext[] = [];
  /** What the browser complains of in the last page. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly axe: string,
  ) {}

  static async launch(): Promise<Chromium> {
    return new Chromium(
      await launchBrowser(),
      await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8"),
    );
  }

  async open(url: string, { width = 1000, colorScheme = "light", install }: Opening = {}): Promise<Page> {
    const { complaints } = this;
    const context = await this.browser.newContext({
      viewport: { width, height: 1000 },
      colorScheme,
      acceptDownloads: true,
    });
    this.contexts.push(context);
    // A busy machine proves slowly.
    context.setDefaultTimeout(120_000);
    await install?.(context);
    const page = await context.newPage();
    complaints.length = 0;
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(url);
    return page;
  }

  /** What breaks axe's rules. */
  violations(page: Page): Promise<string[]> {
    // Not by the page: its policy lets no other script in.
    return page.evaluate(
      `${this.axe};axe.run().then(({violations}) => violations.map(({id, nodes}) => id + " " + nodes[0].html))`,
    );
  }

  /** Pixels that a page is wide. */
  widthOf(page: Page): Promise<number> {
    return page.evaluate("document.documentElement.scrollWidth");
  }

  async look(page: Page, name: string): Promise<void> {
    if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  }

  async closeContexts(): Promise<void> {
    for (const context of this.contexts.splice(0)) await context.close();
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
