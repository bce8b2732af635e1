import { rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { fileState } from "../../artifacts/hash.js";
import { lastContribution, takeContribution } from "../contribute.js";
import { readCeremony, transcriptPath, type Ceremony } from "../folder.js";
import { CEREMONY_FORMAT, type CeremonyState, type Place, type Ticket } from "../remote/protocol.js";
import type { ContributionEntry } from "../entries.js";
import type { InvitationFile } from "./invitations.js";
import { HttpError } from "../../errors/httpError.js";
import { Queue, type QueueLimits } from "./queue.js";
import { requireLength, storeUpload, uploadFolder } from "./upload.js";

/** The ceremony of a circuit that is served. */
export interface ServedCircuit {
  readonly name: string;
  /** Of its ceremony. */
  readonly folder: string;
}

/** What a coordinator does, whatever it is asked by. The ceremonies are in their folders; it holds the queue alone. */
export class Coordinator {
  readonly queue: Queue;
  private readonly read = new Map<string, { readonly state: string; readonly ceremony: Ceremony }>();

  /**
   * @param name of the build
   * @param circuits with their ceremonies, one of a name
   * @param now milliseconds of a clock
   */
  constructor(
    private readonly name: string,
    private readonly circuits: readonly ServedCircuit[],
    private readonly invitations: InvitationFile,
    private readonly limits: QueueLimits,
    now: () => number,
  ) {
    this.queue = new Queue(limits, now);
  }

  /** Removes what an interrupted run has left. */
  async start(): Promise<void> {
    for (const { folder } of this.circuits) await rm(uploadFolder(folder), { recursive: true, force: true });
  }

  async state(): Promise<CeremonyState> {
    const circuits = this.circuits.map(async (circuit) => {
      const { transcript, key } = await this.ceremonyOf(circuit);
      const { size } = await stat(key);
      return {
        name: circuit.name,
        domain: transcript.init.domain,
        contributions: transcript.contributions.length,
        bytes: size,
        head: transcript.head,
        isOpen: transcript.beacon === undefined && !transcript.isFinal,
      };
    });
    return {
      format: CEREMONY_FORMAT,
      name: this.name,
      circuits: await Promise.all(circuits),
      isByInvitation: await this.invitations.isNeeded(),
      queued: this.queue.length,
      turnSeconds: this.limits.turn / 1000,
    };
  }

  /** @param word an invitation's */
  async join(address: string, word?: string): Promise<Ticket> {
    const open: [string, Set<string>][] = [];
    for (const circuit of this.circuits) {
      const { transcript } = await this.ceremonyOf(circuit);
      if (transcript.beacon === undefined && !transcript.isFinal)
        open.push([circuit.name, new Set(transcript.contributions.map(({ hash }) => hash))]);
    }
    if (open.length === 0)
      throw new HttpError(
        409,
        "The ceremony takes no contributions any more: its last one is made",
        "Read its transcript; there is nothing to contribute to.",
        "CEREMONY_INVALID",
      );
    const invited = (await this.invitations.isNeeded())
      ? await this.invitations.find(word, new Map(open))
      : { circuits: open.map(([name]) => name) };
    return { ticket: this.queue.join({ address, ...invited }) };
  }

  placeOf(ticket: string): Place {
    return this.queue.placeOf(ticket);
  }

  /** The folder of a circuit's ceremony. */
  folderOf(name: string): string {
    return this.circuit(name).folder;
  }

  /**
   * Takes a contribution in: its length is known to be right before a byte is read, and it is verified before it is the head.
   *
   * @param proceed to be called when the body may come
   * @returns the transcript's line
   */
  async take(
    ticket: string,
    name: string,
    request: IncomingMessage,
    proceed: () => void,
  ): Promise<{ head: string; entry: ContributionEntry }> {
    const circuit = this.circuit(name);
    const receive = async (signal: AbortSignal) => {
      const ceremony = await this.ceremonyOf(circuit);
      const length = await requireLength(request, ceremony);
      proceed();
      return storeUpload(request, ceremony, length, signal);
    };
    return this.queue.upload(ticket, name, receive, async (file, invitation) => {
      try {
        if (invitation !== undefined)
          await this.invitations.use(invitation, name, lastContribution(file).hash);
        const { transcript } = await takeContribution(circuit.folder, file);
        return { head: transcript.head, entry: transcript.contributions.at(-1)! };
      } finally {
        await rm(uploadFolder(circuit.folder), { recursive: true, force: true });
      }
    });
  }

  private circuit(name: string): ServedCircuit {
    const found = this.circuits.find((circuit) => circuit.name === name);
    if (found !== undefined) return found;
    throw new HttpError(404, "There is no ceremony of this name here", "See the names under ceremony.");
  }

  /** Others extend the ceremony as well, by commands: read again when its transcript has changed. */
  private async ceremonyOf({ name, folder }: ServedCircuit): Promise<Ceremony> {
    const state = await fileState(transcriptPath(folder));
    const last = this.read.get(name);
    if (last?.state === state) return last.ceremony;
    const ceremony = await readCeremony(folder);
    this.read.set(name, { state, ceremony });
    return ceremony;
  }
}
