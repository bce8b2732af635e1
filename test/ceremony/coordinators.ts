import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Problem } from "../../src/errors/httpError.js";
import { serveCeremonies, type ServeParameters, type Serving } from "../../src/ceremony/server/serve.js";
import type { Point } from "./coordinatorProcess.js";

/** A coordinator of one ceremony in this process. */
export function startCoordinator(folder: string, more: Partial<ServeParameters> = {}): Promise<Serving> {
  const circuits = [{ name: "cube", folder }];
  return serveCeremonies({
    name: "cube",
    circuits,
    folder: join(folder, ".."),
    port: 0,
    pollSeconds: 60,
    ...more,
  });
}

/** A coordinator in a process of its own. */
export async function forkCoordinator(
  folder: string,
  { port = 0, point = "never" }: { port?: number; point?: Point } = {},
): Promise<{ url: string; child: ChildProcess }> {
  const child = fork(
    join(import.meta.dirname, "coordinatorProcess.ts"),
    ["cube", join(folder, ".."), folder, String(port), point],
    { execArgv: ["--import", import.meta.resolve("tsx/esm")], stdio: ["ignore", "ignore", "inherit", "ipc"] },
  );
  const [url] = (await once(child, "message")) as [string];
  return { url, child };
}

/** Ends a process as a power failure would. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** What problem details say, where it is that. */
  readonly problem: Problem;
}

interface RequestOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

/** A request with whatever headers and body, and its answer. */
export async function ask(
  method: string,
  url: URL | string,
  { body, ...options }: RequestOptions & { readonly body?: Uint8Array } = {},
): Promise<Answer> {
  const { request, answer } = begin(method, url, options);
  request.end(body);
  return answer;
}

/** A request of which the body is to come, and what will be answered. */
export function begin(
  method: string,
  url: URL | string,
  { token, headers = {} }: RequestOptions = {},
): { readonly request: ClientRequest; readonly answer: Promise<Answer> } {
  const authorization = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  const request = httpRequest(url, { method, headers: { ...headers, ...authorization } });
  const answer = new Promise<Answer>((resolve, reject) => {
    const none = () => reject(new Error("no answer"));
    request.on("close", none).on("error", reject);
    request.on("response", (response) => {
      request.off("close", none);
      read(response).then(resolve, reject);
    });
  });
  // Not every test waits for it.
  answer.catch(() => undefined);
  return { request, answer };
}

async function read(response: IncomingMessage): Promise<Answer> {
  let text = "";
  response.setEncoding("utf8");
  for await (const chunk of response as AsyncIterable<string>) text += chunk;
  const problem = JSON.parse(text.startsWith("{") ? text.split("\n")[0] : "{}") as Problem;
  return { status: response.statusCode ?? 0, headers: response.headers, text, problem };
}
