import { render } from "preact";
import { App } from "./App.js";
import { demoWallet } from "../parts/wallet/demoWallet.js";

/** Where the service is: here, or where `?service=` says. */
function serviceOf(query: URLSearchParams): string {
  const { href } = new URL(query.get("service") ?? "", location.origin);
  return href.replace(/\/+$/, "");
}

const query = new URLSearchParams(location.search);
const node = query.get("demo");
const demo = node === null ? undefined : demoWallet(node);
render(<App url={serviceOf(query)} demo={demo} />, document.getElementById("page")!);
