import { mkdir, rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { hashFile } from "../../artifacts/hash.js";
import { withLock } from "../../artifacts/lock.js";
import { isDiskFull, notWritable, writeWhole } from "../../artifacts/writeFile.js";
import { download } from "../../download/download.js";
import { backOff } from "../../download/transfer.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { inStage, type Progress } from "../../progress/progress.js";
import { checkCeremony } from "../check.js";
import { contributeAway, type AwayReturnType } from "../contributeAway.js";
import type { Transcript } from "../transcript.js";
import { isAccepted } from "./accepted.js";
import { CoordinatorClient } from "./client.js";
import { contributorFiles, discard, keptContribution, settle, type ContributorFiles } from "./kept.js";
import type { CeremonyState } from "./protocol.js";
import { retrying, type Pause } from "./retry.js";
import { uploadFile } from "./upload.js";

export interface RemoteParameters {
  /** Address of the coordinator. */
  readonly url: string;
  /** What the contributor wants to be called. */
  readonly name: string;
  /** What the contributor typed, mixed with the system's randomness. */
  readonly typed?: string;
  readonly invitation?: string;
  /** Where keys, transcripts and receipts lie. */
  readonly folder: string;
  readonly progress: Progress;
  /** Waits after failures. @default 1 s, 2 s, 4 s, up to half a minute */
  readonly pause?: Pause;
  /** Waits so many seconds in the queue. */
  readonly sleep?: (seconds: number) => Promise<void>;
}

/** A contribution that the coordinator has, which its transcript shows. */
export interface AcceptedContribution extends Pick<AwayReturnType, "receipt" | "receiptFile"> {
  readonly circuit: string;
}

/** How often a contributor joins again who has lost a turn. */
const MOST_TURNS = 4;

/**
 * Contributes to every circuit of a ceremony over HTTP: waits for the turn, checks key and transcript, contributes in a process
 * of its own, uploads, and sees that the coordinator's transcript has it. What was made is kept on the disk until then: a
 * second call goes on with it.
 *
 * @throws Torch2CircomError if the coordinator is gone or refuses, a key does not verify, or the disk is full
 */
export async function contributeRemotely(parameters: RemoteParameters): Promise<AcceptedContribution[]> {
  await mkdir(parameters.folder, { recursive: true }).catch((error: Error) => {
    throw notWritable(parameters.folder, error);
  });
  const work = () => new RemoteContribution(parameters).run();
  return withLock(parameters.folder, work, "Another contribution works in this folder");
}

class RemoteContribution {
  private readonly client: CoordinatorClient;
  private readonly pause: Pause;
  private readonly accepted = new Map<string, AcceptedContribution>();

  constructor(private readonly parameters: RemoteParameters) {
    this.client = new CoordinatorClient(parameters.url);
    const { pause = backOff, progress } = parameters;
    this.pause = async (failures) => {
      if (failures === 1) progress.note("The coordinator does not answer, or is busy. Trying again.");
      await pause(failures);
    };
  }

  async run(): Promise<AcceptedContribution[]> {
    for (let turn = 1; ; turn++) {
      const ask = () => this.client.state();
      // A wrong address is not worth a wait.
      const state = turn === 1 ? await ask() : await this.retrying(ask);
      const open = state.circuits.filter(({ isOpen }) => isOpen);
      for (const { name } of open) await this.settleKept(name);
      if (open.length > 0 && open.every(({ name }) => this.accepted.has(name))) return this.all();
      try {
        await this.takeTurn(state);
        return this.all();
      } catch (error) {
        const isLost = error instanceof Torch2CircomError && error.code === "TURN_LOST";
        if (!isLost || turn === MOST_TURNS) throw error;
        this.parameters.progress.note("The turn is lost. Joining the queue again.");
      }
    }
  }

  private all(): AcceptedContribution[] {
    return [...this.accepted.values()];
  }

  private async takeTurn(state: CeremonyState): Promise<void> {
    const ticket = await this.retrying(() => this.client.join(this.parameters.invitation));
    try {
      const circuits = await this.waitForTurn(ticket);
      for (const circuit of circuits)
        if (!this.accepted.has(circuit)) await this.contributeTo(circuit, ticket, state);
    } finally {
      // Whether it is heard or not: a place that nobody uses is lost in a while.
      await this.client.leave(ticket).catch(() => undefined);
    }
  }

  private waitForTurn(ticket: string): Promise<readonly string[]> {
    const { progress, sleep = (seconds: number) => wait(1000 * seconds) } = this.parameters;
    return inStage(progress, "Wait for your turn", async () => {
      for (let last = -1; ;) {
        const place = await this.retrying(() => this.client.placeOf(ticket));
        if (place.state === "turn") return place.circuits;
        if (place.state === "done") return [];
        if (place.before !== last) progress.note(`${place.before} before you`);
        last = place.before;
        await sleep(Math.min(60, place.pollSeconds));
      }
    });
  }

  private async contributeTo(circuit: string, ticket: string, state: CeremonyState): Promise<void> {
    const files = contributorFiles(this.parameters.folder, circuit);
    for (let attempt = 1; ; attempt++) {
      const { transcript, text } = await this.retrying(() => this.client.transcript(circuit, ticket));
      await writeWhole(files.transcript, text);
      const kept = await keptContribution(files);
      if (kept !== undefined && kept.receipt.before !== transcript.key) await discard(kept);
      const isUsable = kept?.receipt.before === transcript.key;
      const made = isUsable ? kept : await this.make(circuit, files, transcript, state);
      try {
        await this.send(circuit, made, ticket);
        await settle(files, made);
        return;
      } catch (error) {
        // The coordinator itself may have contributed in between.
        const isRefused = error instanceof Torch2CircomError && error.code === "CEREMONY_INVALID";
        if (!isRefused || attempt === MOST_TURNS) throw error;
        const now = await this.retrying(() => this.client.transcript(circuit));
        if (now.transcript.key === transcript.key) throw error;
      }
    }
  }

  /** Downloads the last key, checks it, and contributes to it. */
  private async make(
    circuit: string,
    files: ContributorFiles,
    transcript: Transcript,
    { circuits }: CeremonyState,
  ): Promise<AwayReturnType> {
    const { name, typed, progress } = this.parameters;
    const { bytes = 0 } = circuits.find((other) => other.name === circuit) ?? {};
    try {
      if ((await hashFile(files.head).catch(() => undefined)) !== transcript.key)
        await inStage(progress, `Download the key of ${circuit}`, (update) =>
          download({
            ...{ url: this.client.address(`circuits/${circuit}/key`).href, path: files.head },
            ...{ folder: files.folder, expected: { algorithm: "sha256", digest: transcript.key } },
            // It may have had contributions since.
            mostBytes: bytes + 100_000,
            pause: this.pause,
            onProgress: (done, total = bytes) => update(done / total),
          }),
        );
      await requireValid(circuit, files, transcript);
      const index = transcript.contributions.length + 1;
      const out = files.contribution(index);
      // Of an interrupted run: without its receipt, or on another key.
      await rm(out, { force: true });
      return await inStage(
        progress,
        `Contribute to ${circuit}`,
        (onProgress) =>
          contributeAway({ key: files.head, transcript: files.transcript, out, name, typed, onProgress }),
        ({ receipt }) => `contribution ${receipt.index}`,
      );
    } catch (error) {
      const isKnown = error instanceof Torch2CircomError && error.code === "DISK_FULL";
      throw isKnown || isDiskFull(error) ? diskFull(files.folder, error) : error;
    }
  }

  /** Uploads a contribution until the transcript has it. */
  private async send(circuit: string, made: AwayReturnType, ticket: string): Promise<void> {
    const url = this.client.address(`circuits/${circuit}/contribution`);
    const name = `Send the contribution to ${circuit}`;
    await inStage(this.parameters.progress, name, (update) =>
      this.retrying(async () => {
        const failure = await uploadFile(url, made.key, ticket, update).then(
          () => undefined,
          (error: Error) => error,
        );
        // The connection can break off when all is done.
        if (await this.confirm(circuit, made)) return;
        throw failure ?? missing(circuit);
      }),
    );
  }

  /** Whether the coordinator's transcript has a contribution, which is written down then. */
  private async confirm(circuit: string, made: AwayReturnType): Promise<boolean> {
    const { transcript, text } = await this.retrying(() => this.client.transcript(circuit));
    if (!isAccepted(transcript, made.receipt)) return false;
    await writeWhole(contributorFiles(this.parameters.folder, circuit).transcript, text);
    const { receipt, receiptFile } = made;
    this.accepted.set(circuit, { circuit, receipt, receiptFile });
    return true;
  }

  /** A contribution of an interrupted run may have been accepted. */
  private async settleKept(circuit: string): Promise<void> {
    if (this.accepted.has(circuit)) return;
    const files = contributorFiles(this.parameters.folder, circuit);
    const kept = await keptContribution(files);
    if (kept !== undefined && (await this.confirm(circuit, kept))) await settle(files, kept);
  }

  private retrying<Result>(work: () => Promise<Result>): Promise<Result> {
    return retrying(this.pause, work);
  }
}

/** Nobody should add to a key that will be refused. */
async function requireValid(
  circuit: string,
  { head }: ContributorFiles,
  transcript: Transcript,
): Promise<void> {
  if (transcript.contributions.length === 0) return;
  const steps = await checkCeremony({ transcript, key: head });
  // A beacon comes after the contributions.
  const failed = steps.find(({ name, state }) => state === "failed" && name !== "beacon");
  if (failed === undefined) return;
  throw new Torch2CircomError(
    "CEREMONY_INVALID",
    `The coordinator's key of ${circuit} is not that of its transcript: ${failed.detail}`,
    "Do not contribute to it; tell the coordinator and the other contributors.",
  );
}

function missing(circuit: string): Torch2CircomError {
  return new Torch2CircomError(
    "CEREMONY_INVALID",
    `The coordinator has taken your contribution to ${circuit}, and its transcript does not have it`,
    "Keep your contribution and its receipt, and tell the coordinator and the other contributors.",
  );
}

function diskFull(folder: string, cause: Error): Torch2CircomError {
  return new Torch2CircomError(
    "DISK_FULL",
    `The disk has no room in ${folder}: twice the key is needed`,
    "Free some space, or choose another folder with --out, and start again.",
    cause,
  );
}
