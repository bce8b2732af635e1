import { randomBytes } from "node:crypto";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Place } from "../remote/protocol.js";

export interface QueueLimits {
  /** Milliseconds for each contribution: download, computation and upload. */
  readonly turn: number;
  /** Milliseconds in which the contributor whose turn it is must begin to download. */
  readonly fetch: number;
  /** Milliseconds between two questions of a contributor who waits. */
  readonly poll: number;
  /** Contributors in the queue at once. */
  readonly most: number;
  /** Of these, from one address. */
  readonly mostPerAddress: number;
}

/** Who joins a queue. */
export interface Joining {
  readonly address: string;
  /** Circuits to contribute to. */
  readonly circuits: readonly string[];
  /** Hash of the invitation. */
  readonly invitation?: string;
}

interface Contributor extends Joining {
  readonly ticket: string;
  /** Circuits that lack their contribution. */
  missing: readonly string[];
  lastSeen: number;
}

/** The contributor whose turn it is. */
interface Turn {
  readonly contributor: Contributor;
  readonly begun: number;
  /** Ends an upload that the turn does not last for. */
  readonly ended: AbortController;
  deadline: number;
  isUploading: boolean;
  /** It lasts as long as a contribution is being verified. */
  isVerifying: boolean;
}

/** After so many questions that were not asked a place is lost. Browsers wake a page in the background once in a minute. */
const LOST_POLLS = 30;

/** Tickets of those who are done are remembered, so that an answer which got lost can be had again. */
const MOST_DONE = 1000;

/**
 * Contributors one after the other. Who waits and does not ask loses the place; who has the turn and does not fetch or
 * upload in time loses the turn. All of it is in memory: after a restart contributors join again.
 *
 * @param now milliseconds of a clock
 */
export class Queue {
  private readonly waiting: Contributor[] = [];
  private readonly done = new Set<string>();
  private turn?: Turn;

  constructor(
    private readonly limits: QueueLimits,
    private readonly now: () => number,
  ) {}

  get length(): number {
    this.advance();
    return this.waiting.length + (this.turn === undefined ? 0 : 1);
  }

  /** @returns a ticket, which nobody can guess. @throws Torch2CircomError if the queue or the address has too many */
  join(joining: Joining): string {
    this.advance();
    const all = this.all();
    const ofAddress = all.filter(({ address }) => address === joining.address).length;
    if (all.length >= this.limits.most || ofAddress >= this.limits.mostPerAddress)
      throw new Torch2CircomError(
        "BUILD_BUSY",
        "The queue of the ceremony is full",
        "Come again in some minutes.",
      );
    const { invitation } = joining;
    if (invitation !== undefined && all.some((other) => other.invitation === invitation))
      throw new Torch2CircomError(
        "INVITATION_INVALID",
        "Somebody is in the queue with this invitation",
        "If it was you, wait until that place is given up: some minutes.",
      );
    const ticket = randomBytes(16).toString("hex");
    this.waiting.push({ ...joining, ticket, missing: joining.circuits, lastSeen: this.now() });
    this.advance();
    return ticket;
  }

  /** Where a contributor is. Whoever waits calls this from time to time. @throws Torch2CircomError if the place is lost */
  placeOf(ticket: string): Place {
    this.advance();
    if (this.done.has(ticket)) return { state: "done" };
    const { turn, limits } = this;
    if (turn?.contributor.ticket === ticket) {
      const seconds = Math.max(0, turn.deadline - this.now()) / 1000;
      return { state: "turn", circuits: [...turn.contributor.missing], seconds };
    }
    const at = this.waiting.findIndex((other) => other.ticket === ticket);
    if (at < 0) throw lost();
    this.waiting[at].lastSeen = this.now();
    const before = at + (turn === undefined ? 0 : 1);
    return { state: "waiting", before, pollSeconds: limits.poll / 1000 };
  }

  leave(ticket: string): void {
    const at = this.waiting.findIndex((other) => other.ticket === ticket);
    if (at >= 0) this.waiting.splice(at, 1);
    if (this.turn?.contributor.ticket === ticket && !this.turn.isVerifying) this.endTurn();
    this.advance();
  }

  /** To be called when a contributor begins to download: the turn then lasts for its whole time. */
  fetched(ticket: string): void {
    this.advance();
    const { turn } = this;
    if (turn?.contributor.ticket !== ticket) return;
    turn.deadline = Math.max(turn.deadline, turn.begun + this.limits.turn);
  }

  /**
   * Runs an upload in a contributor's turn.
   *
   * @param circuit whose contribution it is
   * @param receive stores the upload, unless the signal says that the turn is over
   * @param verify makes it the ceremony's head; the turn waits for it
   * @throws Torch2CircomError if it is not the contributor's turn, the circuit has its contribution, or an upload is running
   */
  async upload<Received, Result>(
    ticket: string,
    circuit: string,
    receive: (signal: AbortSignal) => Promise<Received>,
    verify: (received: Received, invitation?: string) => Promise<Result>,
  ): Promise<Result> {
    const turn = this.turnOf(ticket, circuit);
    turn.isUploading = true;
    try {
      const received = await receive(turn.ended.signal);
      if (this.turn !== turn) throw lost();
      turn.isVerifying = true;
      const result = await verify(received, turn.contributor.invitation);
      this.contributed(turn, circuit);
      return result;
    } finally {
      turn.isUploading = false;
      turn.isVerifying = false;
      this.advance();
    }
  }

  /** Takes turn and places from those who have lost them. To be called from time to time. */
  advance(): void {
    const now = this.now();
    const { turn, waiting, limits } = this;
    if (turn !== undefined && !turn.isVerifying && now > turn.deadline) this.endTurn();
    for (let i = waiting.length - 1; i >= 0; i--)
      if (now > waiting[i].lastSeen + LOST_POLLS * limits.poll) waiting.splice(i, 1);
    if (this.turn !== undefined) return;
    const contributor = waiting.shift();
    if (contributor === undefined) return;
    // Who has not asked for a while learns of the turn later.
    const deadline = now + limits.fetch + limits.poll;
    const ended = new AbortController();
    this.turn = { contributor, begun: now, ended, deadline, isUploading: false, isVerifying: false };
  }

  private all(): Contributor[] {
    return this.turn === undefined ? this.waiting : [this.turn.contributor, ...this.waiting];
  }

  private turnOf(ticket: string, circuit: string): Turn {
    this.advance();
    const { turn } = this;
    if (turn?.contributor.ticket !== ticket) throw lost();
    if (!turn.contributor.missing.includes(circuit))
      throw new Torch2CircomError(
        "CEREMONY_INVALID",
        `${circuit} has your contribution`,
        "Go on with the next circuit.",
      );
    if (turn.isUploading)
      throw new Torch2CircomError(
        "BUILD_BUSY",
        "Another upload of yours is running",
        "Wait until it has ended.",
      );
    return turn;
  }

  private contributed(turn: Turn, circuit: string): void {
    const { contributor } = turn;
    contributor.missing = contributor.missing.filter((name) => name !== circuit);
    turn.deadline = this.now() + this.limits.turn;
    if (contributor.missing.length > 0) return;
    if (this.done.size >= MOST_DONE) this.done.clear();
    this.done.add(contributor.ticket);
    this.endTurn();
  }

  private endTurn(): void {
    this.turn?.ended.abort();
    this.turn = undefined;
  }
}

function lost(): Torch2CircomError {
  return new Torch2CircomError(
    "TURN_LOST",
    "It is not your turn, and you have no place in the queue: the time was over, or the coordinator was started again",
    "Join the queue again. A contribution that you have made is taken if nobody has contributed in between.",
  );
}
