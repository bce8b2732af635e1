import { expect } from "chai";
import { parseHTML } from "linkedom";
import type { ReportData } from "../../src/report/data.js";
import { pageOf } from "../../src/report/page.js";
import { builtIris, HOSTILE, withHostileNames, withLayers } from "./data.js";

interface Element {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): ArrayLike<Element> & Iterable<Element>;
}

const parsed = (html: string) => (parseHTML(html) as unknown as { document: Element }).document;

/** Names and attributes of all elements, without what they say. */
function skeleton(html: string): string[] {
  return Array.from(parsed(html).querySelectorAll("*"), (element) => {
    const { localName, attributes } = element as unknown as {
      localName: string;
      attributes: Iterable<{ name: string }>;
    };
    return [localName, ...Array.from(attributes, ({ name }) => name)].join(" ");
  });
}

describe("the page of a report", function () {
  let data: ReportData;
  before(async () => {
    ({ data } = await builtIris());
  });

  it("has all sections of the build of iris, each figure with what it shows and its table", () => {
    const { html, findings } = pageOf(data);
    const page = parsed(html);
    expect(Array.from(page.querySelectorAll("section"), (one) => one.getAttribute("id"))).to.deep.equal([
      ...["model", "constraints", "accuracy", "layers", "bits", "stages", "domain", "modes", "hashes"],
    ]);
    const figures = [...page.querySelectorAll("figure")];
    expect(figures).to.have.length(9);
    expect(figures.map((one) => one.querySelector("h3")!.textContent.replace(/\u00a0/g, " "))).to.deep.equal(
      findings,
    );
    for (const figure of figures) {
      const svg = figure.querySelector("svg")!;
      expect(svg.getAttribute("role")).to.equal("img");
      expect(svg.getAttribute("aria-label")).to.match(/\w+ \w+/);
      expect(svg.querySelectorAll("[aria-label]")).to.have.length(0);
      expect(figure.querySelectorAll("tbody tr").length).to.be.greaterThan(2);
    }
  });

  it("finds in the numbers what it says above the figures", () => {
    const { findings } = pageOf(data);
    expect(findings.slice(0, -1)).to.deep.equal([
      "3 layers, without a skip edge",
      "2 of 7 layers and parts take 90 % of the constraints",
      "2 of 7 gadgets take 90 % of the constraints",
      "The integer model decides all 64 samples like the float model",
      "96.9 % of 64 labels are met",
      "The values of output are within 0.29 % of their range (0.11 % in the mean)",
      "The most error is added at relu: 0.071 % of its range",
      "Layers take 10 to 18 bits, the most at fc2.linear",
    ]);
    expect(findings.at(-1)).to.match(/^“.+” takes \d+ % of [\d.]+ s$/);
  });

  it("begins with the numbers that matter", () => {
    expect(pageOf(data).headlines).to.deep.equal([
      {
        label: "Constraints",
        value: "552",
        meaning: "531 non-linear and 21 linear equations that a proof shows to hold",
      },
      {
        label: "Proving domain",
        value: "2^10 rows",
        meaning: "556 rows are used; with 44 fewer, a proof would take about half the time",
      },
      {
        label: "Accuracy",
        value: "96.9 %",
        meaning:
          "of the labels are met by the integer model that is proven, and 96.9 % by the float model, on 64 samples",
      },
      {
        label: "Set-up of the key",
        value: "Development",
        meaning: "whoever made the key can forge proofs: it is for local chains, and public ones refuse it",
      },
    ]);
  });

  it("needs nothing from elsewhere, and runs nothing", () => {
    const { html } = pageOf(data);
    expect(html).to.include(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
    for (const name of skeleton(html))
      expect(name).to.not.match(/^(script|link|iframe|object|img)\b| (src|href|on\w+)\b/);
    expect(html).to.not.match(/https?:|@import|url\((?!#tip\))/);
  });

  it("shows hostile names as text, and not without end", () => {
    const { html } = pageOf(withHostileNames(data));
    const benign = pageOf(data).html;
    const notices = ["section id", "h2", "ul", "li"];
    const more = skeleton(html);
    for (const element of notices) more.splice(more.lastIndexOf(element), 1);
    // Layers of one name share a gadget: that chart has fewer bars.
    expect(new Set(more)).to.deep.equal(new Set(skeleton(benign)));
    expect(parsed(html).querySelectorAll("script, img")).to.have.length(0);
    expect(html).to.not.include("\u202e").and.not.include("\u0000").and.not.include("x".repeat(400));
    expect(html).to.include("&lt;/title&gt;&lt;script&gt;alert(1)");
    expect(html.length).to.be.lessThan(2 * benign.length);
    expect(HOSTILE.length).to.be.greaterThan(5000);
  });

  it("is bounded for a model of any number of layers", () => {
    const names = {
      "without modules": (i: number) => `layer${i}`,
      "in blocks": (i: number) => `blocks.${Math.floor(i / 10)}.layer${i}`,
    };
    for (const [what, name] of Object.entries(names)) {
      const sizes = [300, 3000].map((count) => {
        const { html, findings } = pageOf({ ...data, report: withLayers(data.report, count, name) });
        const page = parsed(html);
        const boxes = page.querySelectorAll("#model svg g").length - 2;
        expect(boxes, what).to.be.within(5, 40);
        expect(findings[0], what).to.equal(
          `${count.toLocaleString("en")} layers, drawn as ${boxes} groups, without a skip edge`,
        );
        expect(page.querySelectorAll("#model tbody tr")).to.have.length(200);
        return html.length;
      });
      expect(sizes[1], what).to.be.lessThan(1.2 * sizes[0]);
      expect(sizes[1], what).to.be.lessThan(600_000);
    }
  });

  it("counts an edge beside a longer way as one that skips", () => {
    const { findings } = pageOf({ ...data, report: withLayers(data.report, 12, (i) => `layer${i}`) });
    expect(findings[0]).to.equal("12 layers, with 9 skip edges");
  });

  it("says what is missing where the build did not measure it", () => {
    const { errors, results, ...rest } = data.report;
    expect([errors, results, data.comparison, data.stages]).to.not.include(undefined);
    const report = { ...rest, layers: rest.layers.map((layer) => ({ ...layer, range: undefined })) };
    const manifest = { ...data.manifest, accuracy: null };
    const { html, findings } = pageOf({ manifest, report });
    expect(findings).to.deep.equal([
      "2 of 7 layers and parts take 90 % of the constraints",
      "2 of 7 gadgets take 90 % of the constraints",
    ]);
    expect(parsed(html).querySelectorAll(".missing")).to.have.length(7);
    expect(html).to.include("torch2circom:calibrate iris");
    const secret = { ...manifest, weightCommitment: "1" };
    expect(
      pageOf({ manifest: secret, report }).html.match(/would tell of the private weights/g),
    ).to.have.length(3);
  });

  it("draws the choices of a calibration, but for those that lose far more", () => {
    const point = {
      linear: 1,
      power: 9,
      score: 1,
      inputBits: 8,
      weightBits: 4,
      activationBits: 6,
      layers: 0,
    };
    const points = [90, 1, 0.4, 0.1].map((loss, i) => ({ ...point, nonlinear: 99 + 100 * i, loss }));
    const calibration = { maxLoss: 0.5, within: true, trials: 30, best: 2, points };
    const { html, findings } = pageOf({ ...data, calibration });
    expect(findings).to.include(
      "300 constraints keep the loss within 0.5 points, 25 % fewer than the most accurate choice",
    );
    expect(html).to.include("1 choice that loses far more is in the table only.");
    expect(parsed(html).querySelectorAll("#bits tbody tr")).to.have.length(4);
    expect(pageOf({ ...data, calibration: { ...calibration, within: false } }).findings).to.include(
      "No choice of bits loses 0.5 points or less",
    );
  });
});
