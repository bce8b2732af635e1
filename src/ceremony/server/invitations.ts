import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { hashOf } from "../../artifacts/hash.js";
import { sha256 } from "../../artifacts/hashForms.js";
import { writePrivate } from "../../artifacts/writeFile.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { whileLocked } from "../folder.js";

/** An invitation on the disk: what it was used for, by circuit, which counts once a transcript has that contribution. */
const schema = v.strictObject({
  invitations: v.record(sha256, v.record(v.string(), v.string())),
});

/** Of each invitation's hash: hashes of the contributions that it was used for, by circuit. */
type Invitations = v.InferOutput<typeof schema>["invitations"];

/** Most invitations of a ceremony. */
const MOST = 10_000;

/**
 * The words that let somebody contribute once to each circuit of a ceremony. Only their hashes are on the disk: a word has
 * 128 random bits. If there are any, nobody contributes without.
 */
export class InvitationFile {
  /** @param folder of all ceremonies of a build */
  constructor(private readonly folder: string) {}

  /** Whether contributors need an invitation. */
  async isNeeded(): Promise<boolean> {
    return Object.keys(await this.read()).length > 0;
  }

  /** Makes invitations. @returns their words, which nobody can read later */
  async add(count: number): Promise<string[]> {
    const words = Array.from({ length: count }, () => randomBytes(16).toString("hex"));
    await this.change((all) => {
      if (Object.keys(all).length + count > MOST)
        throw new Torch2CircomError(
          "INVALID_ARGUMENT",
          `A ceremony cannot have more than ${MOST.toLocaleString("en")} invitations`,
          "Make fewer.",
        );
      return { ...all, ...Object.fromEntries(words.map((word) => [hashOf(word), {}])) };
    });
    return words;
  }

  /**
   * What is left of an invitation.
   *
   * @param contributions hashes of the contributions that each circuit has
   * @returns its hash, and the circuits that it was not used for
   * @throws Torch2CircomError if there is no such invitation, or it is used
   */
  async find(
    word: string | undefined,
    contributions: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<{ invitation: string; circuits: string[] }> {
    const invitation = hashOf(word ?? "");
    const all = await this.read();
    const used = Object.hasOwn(all, invitation) ? all[invitation] : undefined;
    if (word === undefined || used === undefined)
      throw refused(word === undefined ? "needs an invitation" : "does not know this invitation");
    const circuits = [...contributions]
      .filter(([circuit, hashes]) => !hashes.has(used[circuit] ?? ""))
      .map(([circuit]) => circuit);
    if (circuits.length === 0) throw refused("has a contribution by this invitation");
    return { invitation, circuits };
  }

  /**
   * Writes down what an invitation is used for. Before the contribution is the ceremony's: whatever is interrupted then, the
   * invitation is used if, and only if, the transcript has the contribution.
   */
  async use(invitation: string, circuit: string, contribution: string): Promise<void> {
    await this.change((all) => ({
      ...all,
      [invitation]: { ...all[invitation], [circuit]: contribution },
    }));
  }

  private async change(work: (all: Invitations) => Invitations): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await whileLocked(this.folder, async () => {
      const text = JSON.stringify({ invitations: work(await this.read()) });
      await writePrivate(this.place, text, "replace");
    });
  }

  private async read(): Promise<Invitations> {
    const text = await readFile(this.place, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw this.damaged(error);
    });
    if (text === undefined) return {};
    try {
      return v.parse(schema, JSON.parse(text)).invitations;
    } catch (error) {
      // Not "none": a ceremony by invitation must not become open to all.
      throw this.damaged(error as Error);
    }
  }

  private damaged(cause: Error): Torch2CircomError {
    return new Torch2CircomError(
      "FILE_DAMAGED",
      `${this.place} cannot be read (${cause.message})`,
      "Restore it; or delete it, and make new invitations.",
      cause,
    );
  }

  private get place(): string {
    return join(this.folder, "invitations.json");
  }
}

function refused(what: string): Torch2CircomError {
  return new Torch2CircomError(
    "INVITATION_INVALID",
    `The coordinator ${what}`,
    "Ask the coordinator for an invitation; it can be used once, with --invitation.",
  );
}
