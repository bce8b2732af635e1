import { render } from "preact";
import { App } from "./App.js";

/** The service is where the page is: /jobs/<id> below it. */
const [, place = "/", last = ""] = /^(.*\/)jobs\/([^/]*)\/?$/.exec(location.pathname) ?? [];
const url = new URL(place, location.origin).href.replace(/\/+$/, "");
render(<App url={url} text={last} />, document.getElementById("page")!);
