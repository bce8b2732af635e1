import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { request as requestPlain, type ClientRequest, type IncomingMessage } from "node:http";
import { request as requestTls } from "node:https";
import { pipeline } from "node:stream/promises";
import { errorOf, gone } from "./client.js";

/** Milliseconds after which the body is sent to a server that does not say whether it wants it. */
const CONTINUE_TIME = 2000;

/** Milliseconds without a byte: the coordinator verifies what it got, which can take minutes. */
const IDLE_TIME = 600_000;

const MOST_ANSWER_CHARACTERS = 100_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a file with its length announced, once the server has agreed to read it.
 *
 * @param onProgress gets the fraction that is sent
 * @throws Torch2CircomError that the server answers with, or `Unavailable` if the connection breaks off
 */
export async function uploadFile(
  url: URL,
  file: string,
  ticket: string,
  onProgress: (fraction: number) => void,
): Promise<void> {
  const { size } = await stat(file);
  const request = (url.protocol === "https:" ? requestTls : requestPlain)(url, {
    method: "PUT",
    headers: {
      authorization: `Bearer ${ticket}`,
      "content-type": "application/octet-stream",
      "content-length": size,
      expect: "100-continue",
    },
    timeout: IDLE_TIME,
  });
  request.on("timeout", () => request.destroy(new Error("nothing came for too long")));
  let answer: Answer;
  try {
    answer = await exchange(request, async () => {
      let sent = 0;
      const source = createReadStream(file).on("data", (chunk) => onProgress((sent += chunk.length) / size));
      await pipeline(source, request);
    });
  } catch (error) {
    throw gone(url, error as Error);
  } finally {
    request.destroy();
  }
  if (answer.status < 200 || answer.status > 299) throw errorOf(url, answer.status, answer.text);
}

/** Sends headers, then the body when the server wants it. What it answers, maybe before the body has ended, comes first. */
async function exchange(request: ClientRequest, send: () => Promise<void>): Promise<Answer> {
  const answer = new Promise<Answer>((resolve, reject) => {
    const none = () => reject(new Error("the connection ended without an answer"));
    request.on("close", none).on("error", reject);
    request.on("response", (response) => {
      request.off("close", none);
      textOf(response).then(resolve, reject);
    });
  });
  const wanted = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, CONTINUE_TIME);
    request.on("continue", resolve);
    request.on("close", () => clearTimeout(timer));
  });
  request.flushHeaders();
  const early = await Promise.race([answer, wanted]);
  if (early !== undefined) return early;
  // That it fails is said by the answer, if there is one.
  const sent = send().catch(() => undefined);
  const [last] = await Promise.all([answer, sent]);
  return last;
}

async function textOf(response: IncomingMessage): Promise<Answer> {
  let text = "";
  response.setEncoding("utf8");
  for await (const chunk of response as AsyncIterable<string>)
    if (text.length < MOST_ANSWER_CHARACTERS) text += chunk;
  return { status: response.statusCode ?? 0, text };
}
