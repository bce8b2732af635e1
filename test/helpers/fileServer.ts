import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a server answers a request for its file. */
export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  file: Buffer,
  server: FileServer,
) => void;

/** Serves one file at any path, and ranges of it. */
export const honest: Answer = (request, response, file) => {
  const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  response.setHeader("etag", '"one"');
  if (start === undefined || request.headers["if-range"] !== '"one"') {
    response.writeHead(200, { "content-length": file.length }).end(file);
    return;
  }
  const rest = file.subarray(Number(start));
  response.writeHead(206, {
    "content-length": rest.length,
    "content-range": `bytes ${start}-${file.length - 1}/${file.length}`,
  });
  response.end(rest);
};

/**
 * Answers as `honest`, and ends the connection after so many bytes of the body: once the client has them, since what is on
 * its way then is lost.
 */
export function breakingOff(after: number): Answer {
  return (request, response, file, server) => {
    const end = response.end.bind(response) as (chunk?: unknown) => ServerResponse;
    response.end = ((chunk: Buffer) => {
      if (chunk.length <= after) return end(chunk);
      response.write(chunk.subarray(0, after));
      server.breakAt(file.length - chunk.length + after, () => response.socket?.destroy());
      return response;
    }) as typeof response.end;
    honest(request, response, file, server);
  };
}

/** A server of a file on this machine, for a test. It answers requests as it is told, and the last way from then on. */
export class FileServer implements AsyncDisposable {
  /** What was asked for, in order: the range, or "all". */
  readonly asked: string[] = [];
  private readonly server: Server;
  private end?: { readonly at: number; readonly connection: () => void };

  private constructor(
    public file: Buffer,
    private readonly answers: Answer[],
  ) {
    this.server = createServer((request, response) => {
      this.asked.push(request.headers.range ?? "all");
      const answer = this.answers.length > 1 ? this.answers.shift()! : this.answers[0];
      answer(request, response, this.file, this);
    });
  }

  static async start(file: Buffer, ...answers: Answer[]): Promise<FileServer> {
    const server = new FileServer(file, answers.length > 0 ? answers : [honest]);
    server.server.listen(0, "127.0.0.1");
    await once(server.server, "listening");
    return server;
  }

  breakAt(at: number, connection: () => void): void {
    this.end = { at, connection };
  }

  /** To be called with the bytes that the client has. */
  received(bytes: number): void {
    if (this.end === undefined || bytes < this.end.at) return;
    const { connection } = this.end;
    this.end = undefined;
    connection();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/file.ptau`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
