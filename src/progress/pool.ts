import { type LastingPeer, startProcess } from "./peer.js";

/**
 * Processes that run one module, started when they are needed and kept for the next run: what a process has loaded and
 * made ready serves again. A process that waits does not keep this one alive.
 */
export class ProcessPool {
  private readonly peers = new Set<LastingPeer>();
  private idle: LastingPeer[] = [];
  private readonly queue: (() => void)[] = [];
  private running = 0;
  /** How often the pool was closed: what was running then is not begun again. */
  private closings = 0;

  /**
   * @param url of the module, with the extension `.js` whether or not the sources are TypeScript.
   * @param flags for Node.
   * @param size how many processes run at once; a run beyond that waits for one. @default any number
   * @param apart whether Ctrl-C in a terminal is for this process alone, which closes the pool when it wants
   */
  constructor(
    private readonly url: URL,
    private readonly flags: readonly string[] = [],
    private readonly size = Infinity,
    private readonly apart = false,
  ) {}

  /**
   * Hands data to a process, and resolves with the first message that `isLast` says ends the run.
   *
   * @throws Error if the process ends before. One that waited may have ended meanwhile: its run is given to another.
   */
  async run<Message>(data: unknown, isLast: (message: Message) => boolean): Promise<Message> {
    if (this.running >= this.size) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.running++;
    try {
      const { closings } = this;
      const waiting = this.takeIdle();
      if (waiting !== undefined) {
        const message = await this.runIn(waiting, data, isLast).catch((error: Error) => {
          if (closings !== this.closings) throw error;
        });
        if (message !== undefined) return message;
      }
      return await this.runIn(this.start(), data, isLast);
    } finally {
      this.running--;
      this.queue.shift()?.();
    }
  }

  /** Ends all processes, at once. A later run starts another. */
  close(): void {
    this.closings++;
    for (const peer of this.peers) peer.stop();
    this.peers.clear();
    this.idle = [];
  }

  private takeIdle(): LastingPeer | undefined {
    for (let peer = this.idle.pop(); peer !== undefined; peer = this.idle.pop()) {
      if (peer.isAlive()) return peer;
      this.peers.delete(peer);
    }
    return undefined;
  }

  private start(): LastingPeer {
    const peer = startProcess(this.url, this.flags, this.apart);
    this.peers.add(peer);
    return peer;
  }

  private async runIn<Message>(
    peer: LastingPeer,
    data: unknown,
    isLast: (message: Message) => boolean,
  ): Promise<Message> {
    try {
      const message = await peer.run(data, isLast);
      if (this.peers.has(peer)) this.idle.push(peer);
      return message;
    } catch (error) {
      this.peers.delete(peer);
      throw error;
    }
  }
}
