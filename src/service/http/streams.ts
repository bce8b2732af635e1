import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "../../errors/httpError.js";

/** How many streams are open at once. */
export interface StreamLimits {
  /** In total. @default 1000 */
  readonly mostStreams?: number;
  /** To one address. @default 20 */
  readonly mostStreamsOfAddress?: number;
}

/** Milliseconds between two signs of life: proxies end what is silent for a minute. */
const KEEP_ALIVE = 15_000;

/** Bytes that wait for a client to read them, at most. */
const MOST_WAITING = 65_536;

/** Milliseconds after which a client connects again, and seconds after which one that was refused may. */
const [RETRY, RETRY_AFTER] = [2000, 10];

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // For nginx, which would collect it otherwise.
  "x-accel-buffering": "no",
  // It cannot be used again, and does not hold up the end of the server.
  connection: "close",
};

/** A stream of server-sent events. */
export interface Stream {
  /** Sends an event; a client that does not read is cut off. @param data of one line */
  send(id: number, name: string, data: string): void;
  end(): void;
}

/** The streams that a server has open. */
export class Streams {
  private readonly open = new Map<ServerResponse, string>();
  private keepAlive?: NodeJS.Timeout;
  private isClosed = false;

  /** @param told how many are open, whenever that changes */
  constructor(
    private readonly limits: StreamLimits,
    private readonly told: (open: number) => void,
  ) {}

  /**
   * Begins to answer a request by a stream.
   *
   * @param ended called once, whoever ended it
   * @throws HttpError where too many are open
   */
  start({ ip }: FastifyRequest, reply: FastifyReply, ended: () => void): Stream {
    this.requireRoom(ip);
    const { raw } = reply.hijack();
    this.open.set(raw, ip);
    this.changed();
    raw.once("close", () => {
      this.open.delete(raw);
      this.changed();
      ended();
    });
    raw.writeHead(200, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...HEADERS });
    write(raw, `retry: ${RETRY}\n\n`);
    return {
      send: (id, name, data) => write(raw, `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`),
      end: () => finish(raw),
    };
  }

  /** Ends all, and lets none begin. */
  close(): void {
    this.isClosed = true;
    for (const raw of this.open.keys()) finish(raw);
  }

  private requireRoom(address: string): void {
    const { mostStreams = 1000, mostStreamsOfAddress = 20 } = this.limits;
    const remedy = "Ask for the job instead (GET /jobs/{id}), or try again later.";
    if (this.isClosed || this.open.size >= mostStreams)
      throw new HttpError(503, "Too many streams of events are open", remedy, "BUILD_BUSY", RETRY_AFTER);
    const own = [...this.open.values()].filter((one) => one === address).length;
    if (own >= mostStreamsOfAddress)
      throw new HttpError(
        429,
        `Your address has ${own} streams of events open`,
        remedy,
        "BUILD_BUSY",
        RETRY_AFTER,
      );
  }

  private changed(): void {
    this.told(this.open.size);
    if (this.open.size === 0) {
      clearInterval(this.keepAlive);
      this.keepAlive = undefined;
    } else this.keepAlive ??= setInterval(() => this.signOfLife(), KEEP_ALIVE).unref();
  }

  private signOfLife(): void {
    for (const raw of this.open.keys()) write(raw, ":\n\n");
  }
}

function write(raw: ServerResponse, text: string): void {
  if (raw.destroyed || raw.writableEnded) return;
  raw.write(text);
  if (raw.writableLength > MOST_WAITING) raw.destroy();
}

/** A client that has not read all by now is not waited for. */
function finish(raw: ServerResponse): void {
  raw.end();
  if (raw.writableLength > 0) raw.destroy();
}
