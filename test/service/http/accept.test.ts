import { expect } from "chai";
import { prefersPage } from "../../../src/service/http/accept.js";

describe("what is shown at an address of a page and of an API", () => {
  for (const accept of [
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/html",
    "TEXT/HTML; q=0.5, application/json;q=0.4",
    "text/*",
  ])
    it(`is the page for ${accept}`, () => expect(prefersPage(accept)).to.equal(true));

  for (const accept of [
    undefined,
    "",
    "*/*",
    "application/json",
    "application/json, text/plain, */*",
    "text/html, application/json",
    "text/html;q=0",
    "text/html;q=nothing",
    "text/html-like",
    ",".repeat(100_000),
  ])
    it(`is JSON for ${accept?.slice(0, 40)}`, () => expect(prefersPage(accept)).to.equal(false));
});
