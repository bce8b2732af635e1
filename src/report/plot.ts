import { plot, type PlotOptions } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Html } from "./html.js";

/** What is used of the elements that linkedom makes. */
interface Drawn {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  remove(): void;
  querySelectorAll(selector: string): Iterable<Drawn>;
}

/** Width of a chart in its own units; the page scales it. */
export const WIDTH = 640;

/**
 * A chart as SVG without scripts, in the page's colors.
 *
 * @param label what is drawn, for who does not see it
 */
export function chart(label: string, options: PlotOptions): Html {
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as {
    document: PlotOptions["document"];
  };
  const style = { background: "none", fontSize: "13px", overflow: "visible" };
  const svg = plot({ document, width: WIDTH, style, ...options }) as unknown as Drawn;
  // The page has one style for all charts.
  for (const own of svg.querySelectorAll("style")) own.remove();
  svg.removeAttribute("class");
  // No element without a role may be named, and the whole is one picture.
  for (const group of svg.querySelectorAll("[aria-label]")) group.removeAttribute("aria-label");
  for (const group of svg.querySelectorAll("[aria-hidden]")) group.removeAttribute("aria-hidden");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  return new Html(svg.outerHTML);
}
