import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import pixelmatch from "pixelmatch";
import type { Page } from "playwright-core";
import { PNG } from "pngjs";

/** Pictures of the real thing, which the documents show. `npm run pictures` makes them. */
export const PICTURES = join(import.meta.dirname, "..", "..", "docs", "pictures");

/** Share of the pixels that may be others: addresses, times and values of a run are. */
const TOLERANCE = 0.03;

/**
 * Compares what a page shows with the picture of it that is kept; or keeps it, where `PICTURES` is `write`.
 *
 * @param name of the picture, without its ending
 * @param height of the picture, from the top of the page, in pixels. Default: the viewport's
 */
export async function expectPicture(page: Page, name: string, height?: number): Promise<void> {
  const path = join(PICTURES, `${name}.png`);
  const { width, ...viewport } = page.viewportSize()!;
  await page.setViewportSize({ width, height: height ?? viewport.height });
  await page.evaluate("scrollTo(0, 0)");
  // What moves is at its end.
  const shot = await page.screenshot({ animations: "disabled", caret: "hide" });
  if (process.env.PICTURES === "write") {
    await mkdir(PICTURES, { recursive: true });
    return writeFile(path, shot);
  }
  const [seen, kept] = [PNG.sync.read(shot), PNG.sync.read(await readFile(path))];
  expect([seen.width, seen.height], `size of ${name}`).to.deep.equal([kept.width, kept.height]);
  const others = pixelmatch(seen.data, kept.data, undefined, seen.width, seen.height);
  expect(others / (seen.width * seen.height), `share of ${name} that is another`).to.be.below(TOLERANCE);
}
