import { isAccepted } from "../../src/ceremony/remote/accepted.js";
import { errorOf, gone, type CoordinatorClient } from "../../src/ceremony/remote/client.js";
import { retrying } from "../../src/ceremony/remote/retry.js";
import type { Receipt } from "../../src/ceremony/receipt.js";
import type { FromWorker, ToWorker } from "./messages.js";

/** What the page shows while it contributes. */
export interface Show {
  /** @param fraction that is done; undefined while nobody can tell */
  status(text: string, fraction?: number): void;
}

export interface Visitor {
  readonly name: string;
  readonly typed: string;
  readonly invitation?: string;
}

export interface Made {
  readonly circuit: string;
  readonly receipt: Receipt;
}

/** Milliseconds in which the worker has to say something: a blocked thread would never. */
const SILENCE_TIME = 300_000;

const sleep = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, 1000 * seconds));

const pause = (failures: number) => sleep(Math.min(30, 2 ** (failures - 1)));

/** Contributes to every circuit in the visitor's turn. @returns what the coordinator's transcripts have then */
export async function contributeHere(
  client: CoordinatorClient,
  { invitation, ...visitor }: Visitor,
  show: Show,
): Promise<Made[]> {
  const ticket = await retrying(pause, () => client.join(invitation));
  const made: Made[] = [];
  try {
    for (const circuit of await turn(client, ticket, show))
      made.push(await contributeTo(client, circuit, ticket, visitor, show));
    return made;
  } finally {
    await client.leave(ticket).catch(() => undefined);
  }
}

async function turn(client: CoordinatorClient, ticket: string, show: Show): Promise<readonly string[]> {
  for (;;) {
    const place = await retrying(pause, () => client.placeOf(ticket));
    if (place.state === "turn") return place.circuits;
    if (place.state === "done") return [];
    show.status(`You are in the queue: ${place.before} before you. Keep this page open.`);
    await sleep(Math.min(60, place.pollSeconds));
  }
}

async function contributeTo(
  client: CoordinatorClient,
  circuit: string,
  ticket: string,
  visitor: Pick<Visitor, "name" | "typed">,
  show: Show,
): Promise<Made> {
  show.status(`Downloading the key of ${circuit}`);
  const { text } = await retrying(pause, () => client.transcript(circuit, ticket));
  const key = await retrying(pause, () => download(client.address(`circuits/${circuit}/key`), ticket));
  show.status(`Contributing to ${circuit}`, 0);
  const made = await inWorker({ key, transcript: text, ...visitor }, (fraction) =>
    show.status(`Contributing to ${circuit}`, fraction),
  );
  show.status(`Sending the contribution to ${circuit}; the coordinator verifies it`);
  const { receipt } = made;
  await retrying(pause, async () => {
    const failure = await upload(client.address(`circuits/${circuit}/contribution`), made.key, ticket).then(
      () => undefined,
      (error: Error) => error,
    );
    // The connection can break off when all is done.
    const { transcript } = await retrying(pause, () => client.transcript(circuit));
    if (!isAccepted(transcript, receipt))
      throw (
        failure ??
        new Error("The coordinator has taken the contribution, and its transcript does not have it")
      );
  });
  return { circuit, receipt };
}

async function download(url: URL, ticket: string): Promise<Uint8Array> {
  const response = await request(url, { headers: { authorization: `Bearer ${ticket}` } });
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw gone(url, error as Error);
  }
}

async function upload(url: URL, key: Uint8Array, ticket: string): Promise<void> {
  const body = new Blob([key as Uint8Array<ArrayBuffer>]);
  await request(url, { method: "PUT", headers: { authorization: `Bearer ${ticket}` }, body });
}

async function request(url: URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((error: Error) => {
    throw gone(url, error);
  });
  if (response.ok) return response;
  throw errorOf(url, response.status, await response.text());
}

/** Runs the worker for one contribution, and terminates it: its memory has the secret. */
async function inWorker(
  task: ToWorker,
  onProgress: (fraction: number) => void,
): Promise<Extract<FromWorker, { kind: "made" }>> {
  const worker = new Worker("worker.js");
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const watch = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => reject(new Error("The browser's worker does not answer")), SILENCE_TIME);
      };
      worker.onerror = ({ message }) => reject(new Error(message || "The browser's worker cannot run"));
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        watch();
        if (data.kind === "progress") onProgress(data.fraction);
        else if (data.kind === "made") resolve(data);
        else reject(new Error(`The contribution was not made: ${data.why}`));
      };
      watch();
      worker.postMessage(task, [task.key.buffer]);
    });
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
