import { readFile } from "node:fs/promises";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import type { ReportData } from "../../src/report/data.js";
import { pageOf } from "../../src/report/page.js";
import { launchBrowser } from "../helpers/browser.js";
import { expectPicture } from "../helpers/pictures.js";
import { builtIris, withHostileNames, withLayers } from "./data.js";

describe("the page of a report in a browser", function () {
  let browser: Browser;
  let data: ReportData;

  before(async () => {
    ({ data } = await builtIris());
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  /** Shows a page; whatever the browser complains of, asks for or says goes into the list. */
  async function open(
    shown: ReportData,
    { width = 1000, colorScheme = "light" }: { width?: number; colorScheme?: "light" | "dark" } = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => complaints.push(request.url()));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    await page.setContent(pageOf(shown).html);
    return { page, complaints };
  }

  it("is accessible by axe's rules, light and dark, its tables open", async () => {
    const axe = await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, complaints } = await open(data, { colorScheme });
      await page.evaluate(`document.querySelectorAll("details").forEach((one) => (one.open = true))`);
      const violations = await page.evaluate(
        `${axe};axe.run().then(({violations}) => violations.map(({id}) => id))`,
      );
      expect(violations, colorScheme).to.deep.equal([]);
      expect(complaints).to.deep.equal([]);
    }
  });

  it("looks like its pictures", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await open(data, { colorScheme });
      await expectPicture(page, `report-${colorScheme}`, 1500);
    }
  });

  it("fits 360 pixels, with many layers and long names too", async () => {
    const many = { ...data, report: withLayers(data.report, 300, (i) => `encoder.blocks.${i}.attention`) };
    for (const shown of [data, many, withHostileNames(data)]) {
      const { page } = await open(shown, { width: 360 });
      await page.evaluate(`document.querySelectorAll("details").forEach((one) => (one.open = true))`);
      expect(await page.evaluate("document.documentElement.scrollWidth")).to.be.at.most(360);
    }
  });

  it("runs nothing that a name says", async () => {
    const { page, complaints } = await open(withHostileNames(data));
    expect(
      await page.evaluate("document.querySelectorAll('script, img, [onload], [onerror]').length"),
    ).to.equal(0);
    expect(complaints).to.deep.equal([]);
    expect(await page.title()).to.equal("iris: report of a build");
  });

  it("lets no script in, by its policy", async () => {
    const { page } = await open(data);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement("script"), { textContent: "window.x = 1" }))`,
    );
    expect(await page.evaluate("window.x")).to.equal(undefined);
  });

  it("has no labels of a chart upon each other", async () => {
    const { page } = await open(data);
    const overlaps = await page.evaluate(`Array.from(document.querySelectorAll("figure svg"), (svg) => {
      const boxes = Array.from(svg.querySelectorAll("text"), (text) => ({ text: text.textContent, ...text.getBoundingClientRect().toJSON() }));
      return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3).map((b) => a.text + " | " + b.text));
    }).flat()`);
    expect(overlaps).to.deep.equal([]);
  });

  it("prints its tables, and nothing wider than the paper", async () => {
    const { page } = await open(data, { width: 700 });
    await page.emulateMedia({ media: "print" });
    const [wide, folded] = await page.evaluate<number[]>(`[
      Array.from(document.querySelectorAll("svg")).filter((svg) => svg.getBoundingClientRect().right > 700).length,
      Array.from(document.querySelectorAll("details table")).filter((table) => !table.checkVisibility()).length,
    ]`);
    expect(wide).to.equal(0);
    expect(folded).to.equal(0);
  });
});
