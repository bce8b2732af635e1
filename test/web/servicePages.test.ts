import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readdir, readFile } from "node:fs/promises";
import { expect } from "chai";
import Fastify from "fastify";
import type { Page } from "playwright-core";
import { pageRoutes } from "../../src/service/http/pageRoutes.js";
import { readPages } from "../../src/service/http/pages.js";
import { bookState } from "../../src/service/state/state.js";
import { KEYS } from "../helpers/anvil.js";
import { expectPicture } from "../helpers/pictures.js";
import { Chromium, type Opening } from "./checkout/chromium.js";
import { makeJobs, type Jobs } from "./checkout/jobs.js";
import { Market } from "./checkout/market.js";
import { TestWallet } from "./checkout/testWallet.js";

const TOKEN = "an operator's token of 40 characters ***".replaceAll(" ", "-");

describe("the pages of a job and of the operator", function () {
  this.timeout(300_000);
  let market: Market;
  let browser: Chromium;
  let jobs: Jobs;

  before(async () => {
    [market, browser] = await Promise.all([Market.open(TOKEN), Chromium.launch()]);
    jobs = await makeJobs(market);
  });
  afterEach(() => browser.closeContexts());
  after(async () => {
    await browser?.close();
    await market?.close();
  });

  const jobAt = (id: string) => `${market.service.url}/jobs/${id}`;
  /** With a wallet that shows no account, or with none. */
  const openJob = async (
    id: string,
    { hasWallet = false, ...opening }: Opening & { hasWallet?: boolean } = {},
  ) => {
    const wallet = new TestWallet(KEYS[1], market.node);
    const page = await browser.open(jobAt(id), {
      ...opening,
      ...(hasWallet && { install: (context) => wallet.install(context) }),
    });
    return { page, wallet };
  };
  /** Opens the service's tables, and writes into them what never was. */
  const lie = async (statement: string, values: unknown[]) => {
    const { outDir } = market.devnet.hre.config.torch2circom;
    const { database, close } = await bookState(join(outDir, "service"));
    await database.query(statement, values);
    await close();
  };
  const isFine = async (page: Page, name: string) => {
    await browser.look(page, name);
    expect(await browser.violations(page), name).to.deep.equal([]);
    expect(await browser.widthOf(page), name).to.be.at.most(page.viewportSize()!.width);
    expect(browser.complaints, name).to.deep.equal([]);
  };

  it("are small", async () => {
    for (const [name, most] of [
      ["job", 150_000],
      ["operator", 40_000],
    ] as const) {
      const folder = join(market.pages, name);
      const files = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))));
      expect(files.reduce((sum, file) => sum + gzipSync(file).length, 0)).to.be.below(most);
    }
  });

  it("show a settled job as the chain has it, whatever the service has written down", async () => {
    await lie("update job set state = 'refunded', reason = 'a lie', answer = null where id = $1", [
      jobs.settled,
    ]);
    const { page } = await openJob(jobs.settled);
    await page.getByText("Answered and paid").waitFor();
    const answer = page.getByRole("region", { name: "Answer" });
    await answer.getByText("Verified by the escrow, as this service's node says").waitFor();
    expect(await page.locator(".state").textContent()).to.contain(
      "As this service's node says, not checked here.",
    );
    // Nothing is green that the visitor's own node has not said.
    expect(await page.locator(".state.good, .answer:not(.told)").count()).to.equal(0);
    const facts = (await page.locator(".facts").allInnerTexts()).join("\n");
    expect(facts).to.match(/1\.5 TEST/);
    expect(facts).to.match(/Settlement\s+[\d,]+ gas for 0\.\d+ ETH 0x[0-9a-f]{64}/);
    expect(await page.getByRole("region", { name: "Times" }).innerText()).to.match(
      /Funded[^]*block \d+[^]*Settled[^]*block \d+, \d+ blocks? on top/,
    );
    await page.getByText("What was checked").click();
    await isFine(page, "job-1-settled");
    await expectPicture(page, "job");
  });

  it("show it in green by the node of the visitor's wallet, which is asked for no account", async () => {
    const { page, wallet } = await openJob(jobs.settled, { hasWallet: true, colorScheme: "dark" });
    await page.getByText("As your wallet's node says (Test wallet)").waitFor();
    await page.getByRole("region", { name: "Answer" }).getByText("✓ Verified by the escrow").waitFor();
    expect(await page.locator(".state.good").count()).to.equal(1);
    await page.getByText("What was checked").click();
    expect(await page.locator(".checked li.yes").count()).to.equal(3);
    // How the numbers are read is nobody's to check but the auditor's.
    expect(await page.locator(".checked li.word").innerText()).to.contain("Numbers and names");
    expect(wallet.asked).to.not.include("eth_requestAccounts");
    await isFine(page, "job-2-settled-dark");
    // On another chain, its node knows nothing of the job.
    wallet.chainId = 1n;
    await page.reload();
    await page.getByText("As this service's node says, not checked here.").waitFor();
  });

  it("show an open job as waiting, though the service has it as final", async () => {
    await lie("update job set state = 'final', settled_transaction = $2 where id = $1", [
      jobs.open,
      `0x${"ab".repeat(32)}`,
    ]);
    for (const hasWallet of [true, false]) {
      const { page } = await openJob(jobs.open, { width: 360, hasWallet });
      await page.getByText("Paid, and waiting for a proven answer").waitFor();
      await page.getByText(hasWallet ? "As your wallet's node" : "As this service's node").waitFor();
      expect(await page.locator(".state.good, .answer").count()).to.equal(0);
      await isFine(page, "job-3-open-phone");
    }
  });

  it("show jobs that the service has no row of: refunded, and late", async () => {
    const { page } = await openJob(jobs.refunded, { width: 360, colorScheme: "dark" });
    await page.getByText("There was no proven answer in time: the client has the payment back.").waitFor();
    expect(await page.getByRole("region", { name: "Times" }).innerText()).to.match(
      /Funded[^]*Deadline[^]*Refunded/,
    );
    expect(await page.getByRole("region", { name: "Terms" }).innerText()).to.match(
      /0\.001 ETH[^]*Provider\s+anybody/,
    );
    await isFine(page, "job-4-refunded-phone-dark");
    const { page: late } = await openJob(jobs.overdue);
    await late.getByText("Not answered in time").waitFor();
    await isFine(late, "job-5-overdue");
  });

  it("say clearly that an id is unknown, or none", async () => {
    const { page } = await openJob(`0x${"12".repeat(32)}`);
    await page.getByText("The escrow does not know this job").waitFor();
    await page
      .getByText(
        /belongs to another escrow or another chain. This page has asked the escrow 0x\w{40} on chain 31337/,
      )
      .waitFor();
    await isFine(page, "job-6-unknown");
    for (const id of ["0x12", "%3Cb%3E", `0x${"zz".repeat(32)}`]) {
      const { page: other } = await openJob(id);
      await other.getByText("This is not the id of a job").waitFor();
      await isFine(other, "job-7-malformed");
    }
    const { page: upper } = await openJob(jobs.overdue.replace(/[a-f]/g, (digit) => digit.toUpperCase()));
    await upper.getByText("Not answered in time").waitFor();
  });

  it("leave the API as it is for programs", async () => {
    for (const accept of ["*/*", "application/json"]) {
      const reply = await fetch(jobAt(jobs.open), { headers: { accept } });
      expect(reply.status).to.equal(404);
      expect(reply.headers.get("vary")).to.equal("Accept");
      expect(await reply.json()).to.include({ code: "JOB_NOT_FOUND" });
      const malformed = await fetch(jobAt("0x12"), { headers: { accept } });
      expect([malformed.status, malformed.headers.get("content-type")]).to.deep.equal([
        400,
        "application/problem+json; charset=utf-8",
      ]);
    }
    const page = await fetch(jobAt(jobs.open), { headers: { accept: "text/html,*/*;q=0.8" } });
    expect([page.status, page.headers.get("vary")]).to.deep.equal([200, "Accept"]);
    expect(page.headers.get("content-type")).to.equal("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).to.equal(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  const openOperator = async (token: string, opening: Opening = {}) => {
    const page = await browser.open(`${market.service.url}/operator`, opening);
    // By keyboard alone.
    await page.getByLabel("Operator's token").focus();
    await page.keyboard.type(token);
    await page.keyboard.press("Enter");
    return page;
  };

  it("show the operator books, queue, provers and failures, and keep the token to the tab", async () => {
    const page = await openOperator(TOKEN);
    const part = (name: string) => page.getByRole("region", { name });
    const books = part("Books");
    await books.getByText("1.5 TEST").first().waitFor();
    await part("Failures").getByText("its payment was refused").first().waitFor();
    expect(await part("Queue").innerText()).to.match(
      /iris\s+\d waits? for a prover[^]*not sold: no prover runs/,
    );
    expect(await part("Provers").innerText()).to.match(/gone[^]*last seen/);
    // The transaction that failed, and the job that was declined for it.
    expect(await part("Failures").getByRole("link").count()).to.equal(2);
    await isFine(page, "operator-1");
    await expectPicture(page, "operator");
    const link = part("Failures").getByRole("link").first();
    expect(await link.getAttribute("href")).to.match(/^jobs\/0x[0-9a-f]{64}$/);
    // Again without typing, and in no other place.
    await page.reload();
    await books.waitFor();
    expect(
      await page.evaluate("JSON.stringify([localStorage, document.cookie, location.href])"),
    ).to.not.contain(TOKEN);
    const time = await page.getByText(/^As of /).textContent();
    await page.getByText(time!).waitFor({ state: "detached" });
    await link.click();
    await page.getByText("The escrow does not know this job").waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Forget the token" }).click();
    await page.getByLabel("Operator's token").waitFor();
    expect(await page.evaluate("sessionStorage.length")).to.equal(0);
  });

  it("fit the operator's phone in the dark, and go grey with words when the service is gone", async () => {
    const page = await openOperator(TOKEN, { width: 360, colorScheme: "dark" });
    await page.getByRole("region", { name: "Failures" }).waitFor();
    await isFine(page, "operator-2-phone-dark");
    await page.context().setOffline(true);
    await page.getByText("The service does not answer. What you see is of").waitFor();
    await browser.look(page, "operator-3-gone");
    expect(await browser.violations(page)).to.deep.equal([]);
    expect(await page.locator("main.gone").count()).to.equal(1);
    await page.context().setOffline(false);
    await page.locator("main.gone").waitFor({ state: "detached" });
  });

  it("tell nobody else anything, and say how to set a token", async () => {
    const page = await openOperator(`${TOKEN}0`);
    await page.getByText("This is not the operator's token of this service.").waitFor();
    expect(await page.evaluate("sessionStorage.length")).to.equal(0);
    await browser.look(page, "operator-4-wrong");
    expect(await browser.violations(page)).to.deep.equal([]);
    for (const authorization of ["", `Bearer ${TOKEN}0`, `Basic ${TOKEN}`]) {
      const reply = await fetch(`${market.service.url}/operator/state`, { headers: { authorization } });
      expect(reply.status).to.equal(401);
    }
    const server = Fastify();
    await server.register(pageRoutes(await readPages(true, market.pages), false));
    const url = await server.listen({ host: "127.0.0.1", port: 0 });
    const closed = await browser.open(`${url}/operator`, { width: 360 });
    await closed.getByText("This service has no operator's token").waitFor();
    await closed.getByText("openssl rand -hex 32").waitFor();
    await isFine(closed, "operator-5-closed");
    await server.close();
  });
});
