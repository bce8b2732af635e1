import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { bundleCeremony } from "../../scripts/web.js";
import { openCeremony } from "../../src/ceremony/folder.js";
import { initializeCeremony } from "../../src/ceremony/initialize.js";
import type { Receipt } from "../../src/ceremony/receipt.js";
import type { Serving } from "../../src/ceremony/server/serve.js";
import { verifyBoth } from "../../src/phase2/verifyBoth.js";
import { launchBrowser } from "../helpers/browser.js";
import { smallCircuit } from "./circuit.js";
import { startCoordinator } from "./coordinators.js";

describe("the page of a ceremony", function () {
  let made: Awaited<ReturnType<typeof smallCircuit>>;
  let serving: Serving;
  let browser: Browser;
  let inputs: string[];

  before(async () => {
    made = await smallCircuit();
    await initializeCeremony(made.circuit, made.ptau);
    const page = join(made.folder, "page");
    inputs = Object.keys((await bundleCeremony(page)).inputs);
    serving = await startCoordinator(made.circuit.ceremony, { page });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await serving?.close();
    await rm(made.folder, { recursive: true });
  });

  /** The page, and whatever a browser complains of. */
  async function open(
    width: number,
    colorScheme: "light" | "dark",
  ): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({
      viewport: { width, height: 700 },
      colorScheme,
      acceptDownloads: true,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" && !message.location().url.endsWith("favicon.ico"))
        complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(serving.url);
    await page.getByText("cube: ").waitFor();
    return { page, complaints };
  }

  it("has no module of Node in its bundles", async () => {
    expect(inputs.some((file) => file.endsWith("contributeKey.ts"))).to.equal(true);
    expect(inputs.filter((file) => /^node:|node_modules\/(ethers|hardhat)\//.test(file))).to.deep.equal([]);
    for (const name of ["page.js", "worker.js"])
      expect(await readFile(join(made.folder, "page", name), "utf8")).to.not.match(
        /["']node:|\bBuffer\.from\(/,
      );
  });

  it("contributes in a worker, and gives a receipt of what the transcript has", async () => {
    const { page, complaints } = await open(360, "dark");
    await page.getByLabel("Your name").fill("Visitor <b>Ä</b>");
    await page.getByLabel("Anything you type").fill("dice");
    await page.keyboard.press("Enter");
    await page.getByText("its transcript shows it").waitFor({ timeout: 0 });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByText("save the receipt").click(),
    ]);
    const receipt = JSON.parse(await readFile(await download.path(), "utf8")) as Receipt;
    const { transcript, key } = await openCeremony(made.circuit.ceremony);
    expect(transcript.contributions).to.have.length(1);
    const [entry] = transcript.contributions;
    expect(entry).to.include({
      name: "Visitor <b>Ä</b>",
      index: 1,
      hash: receipt.hash,
      after: receipt.after,
    });
    expect(entry.madeOn).to.equal(receipt.transcript);
    await page.getByText("cube: 1 contribution").click();
    await page.getByText('contribution 1 by "Visitor <b>Ä</b>"').waitFor();
    expect(page.workers()).to.deep.equal([]);
    // A wrong policy, or what it forbids, is a complaint.
    expect(complaints).to.deep.equal([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).to.be.at.most(360);
    const files = { r1cs: join(made.circuit.folder, "main.r1cs"), ptau: made.ptau.path, zkey: key };
    expect(await verifyBoth(files)).to.include({ ok: true });
  });

  it("is accessible by axe's rules, light and dark", async () => {
    const axe = await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
    for (const scheme of ["light", "dark"] as const) {
      const { page } = await open(1000, scheme);
      // Not by the page: its policy lets no other script in.
      const violations = await page.evaluate(
        `${axe};axe.run().then(({violations}) => violations.map(({id}) => id))`,
      );
      expect(violations).to.deep.equal([]);
    }
  });

  it("lets no script in that is not its own", async () => {
    const { page } = await open(1000, "light");
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement("script"), { textContent: "window.x = 1" }))`,
    );
    expect(await page.evaluate("window.x")).to.equal(undefined);
    const { headers } = await fetch(serving.url);
    expect(headers.get("content-security-policy")).to.equal(
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:",
    );
  });
});
