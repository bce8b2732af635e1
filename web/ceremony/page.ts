import { describeEntry } from "../../src/ceremony/describe.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { receiptText } from "../../src/ceremony/receipt.js";
import { CoordinatorClient } from "../../src/ceremony/remote/client.js";
import type { CeremonyState } from "../../src/ceremony/remote/protocol.js";
import { contributeHere, type Made } from "./contributeHere.js";

// Every text from the coordinator is set as text, and none as HTML.

const find = <Type extends HTMLElement>(id: string): Type => document.getElementById(id) as Type;

/** Where this page is served by somebody else, its `<meta name="coordinator">` has the coordinator's address. */
const named = document.querySelector<HTMLMetaElement>('meta[name="coordinator"]')?.content ?? "";
const client = new CoordinatorClient(new URL(named, location.href).href);

let isRunning = false;

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function status(text: string, fraction?: number): void {
  find("status").textContent = text;
  const bar = find<HTMLProgressElement>("progress");
  bar.hidden = !isRunning;
  if (fraction === undefined) bar.removeAttribute("value");
  else bar.value = fraction;
}

async function refresh(): Promise<void> {
  const state = await client.state();
  document.title = `Ceremony of ${state.name}`;
  find("name").textContent = state.name;
  find("invitation-row").hidden = !state.isByInvitation;
  find<HTMLInputElement>("invitation").required = state.isByInvitation;
  find<HTMLButtonElement>("contribute").disabled = isRunning || !state.circuits.some(({ isOpen }) => isOpen);
  find("queued").textContent =
    state.queued === 0 ? "Nobody is in the queue." : `${state.queued} in the queue.`;
  find("transcripts").replaceChildren(...(await Promise.all(state.circuits.map(transcriptOf))));
}

async function transcriptOf({
  name,
  domain,
  contributions,
}: CeremonyState["circuits"][number]): Promise<Node> {
  const { transcript } = await client.transcript(name);
  const details = document.createElement("details");
  const count = `${contributions} ${contributions === 1 ? "contribution" : "contributions"}`;
  details.append(element("summary", `${name}: ${count}, ${domain.toLocaleString("en")} rows`));
  const list = document.createElement("ol");
  for (const { entry } of transcript.lines) {
    const item = element("li", `${describeEntry(entry)} `);
    item.append(element("small", entry.time));
    list.append(item);
  }
  details.append(list, element("p", `Head of the transcript: ${transcript.head}`));
  return details;
}

function showReceipts(made: readonly Made[]): void {
  const items = made.map(({ circuit, receipt }) => {
    const item = element("li", `${circuit}, contribution ${receipt.index}: `);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([receiptText(receipt)], { type: "application/json" }));
    link.download = `${circuit}-${receipt.index}.receipt.json`;
    link.textContent = "save the receipt";
    item.append(element("code", receipt.hash), " ", link);
    return item;
  });
  find("hashes").replaceChildren(...items);
  find("receipts").hidden = items.length === 0;
}

async function contribute(): Promise<void> {
  isRunning = true;
  find<HTMLButtonElement>("contribute").disabled = true;
  status("Joining the queue");
  const value = (id: string) => find<HTMLInputElement>(id).value.trim();
  try {
    const visitor = {
      ...{ name: value("visitor") || "anonymous", typed: value("typed") },
      ...(value("invitation") !== "" && { invitation: value("invitation") }),
    };
    const made = await contributeHere(client, visitor, { status });
    isRunning = false;
    status("The coordinator has your contribution, and its transcript shows it.");
    showReceipts(made);
  } catch (error) {
    isRunning = false;
    status(describe(error));
  }
  await refresh();
}

function describe(error: unknown): string {
  if (error instanceof Torch2CircomError) return `${error.problem}. ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}

find<HTMLFormElement>("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!isRunning) contribute().catch((error: unknown) => status(describe(error)));
});
window.addEventListener("beforeunload", (event) => {
  if (isRunning) event.preventDefault();
});
refresh().catch((error: unknown) => status(describe(error)));
