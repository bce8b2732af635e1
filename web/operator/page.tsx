import { render } from "preact";
import { App } from "./App.js";

/** The service is where the page is: /operator below it. */
const url = new URL(".", location.href).href.replace(/\/+$/, "");
render(<App url={url} />, document.getElementById("page")!);
