import { existsSync } from "node:fs";
import { copyFile, link, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { hashOf } from "./hash.js";
import { readManifest, type Manifest } from "./manifest.js";
import { KEPT_KEYS, type ModelPaths } from "./paths.js";
import { notWritable, writeWhole } from "./writeFile.js";

/** A key that is registered somewhere: without its build, nobody can answer the jobs of its model. */
interface Registration {
  readonly chainId: string;
  readonly modelId: string;
  /** See {@link keysId}. */
  readonly zkey: string;
}

/** What names the keys of a build: sha256 of its proving key, or of the list of all of them. */
export function keysId({
  hashes,
  batches = [],
  segments = [],
}: Pick<Manifest, "hashes" | "batches" | "segments">): string {
  const keys = segments.length > 0 ? segments : [{ hashes }, ...batches];
  return keys.length === 1 ? hashes.zkey : hashOf(keys.map((one) => one.hashes.zkey).join());
}

const fileOf = ({ folder }: ModelPaths): string => join(folder, "registrations.json");

/** Writes down that the build's key is registered on a chain. */
export async function saveRegistration(
  paths: ModelPaths,
  manifest: Manifest,
  registration: Omit<Registration, "zkey">,
): Promise<void> {
  const others = (await registrationsOf(paths)).filter(
    ({ chainId, modelId }) => chainId !== registration.chainId || modelId !== registration.modelId,
  );
  const all = [...others, { ...registration, zkey: keysId(manifest) }];
  await writeWhole(fileOf(paths), `${JSON.stringify(all, null, 2)}\n`);
}

async function registrationsOf(paths: ModelPaths): Promise<Registration[]> {
  try {
    const all = JSON.parse(await readFile(fileOf(paths), "utf8")) as unknown;
    return Array.isArray(all) ? (all as Registration[]) : [];
  } catch {
    return [];
  }
}

/** Why a build's key is not to be lost, though another could be made; undefined where it may be. */
export async function whyKept(paths: ModelPaths): Promise<string | undefined> {
  // A manifest that cannot be read may be that of a key worth keeping; whoever has it has to decide.
  const manifest = await readManifest(paths.manifest).catch(() => undefined);
  if (manifest === undefined) return undefined;
  if (manifest.setup !== "development") return "its key has a contribution, which can never be made again";
  const registered = (await registrationsOf(paths)).find(({ zkey }) => zkey === keysId(manifest));
  return registered && `its key is registered on chain ${registered.chainId}`;
}

/** A build as it was before another one was begun in its folder. */
export interface KeptBuild {
  readonly why: string;
  readonly folder: string;
  /** Puts all files back. */
  restore(): Promise<void>;
  /** Forgets the copy: its key is still that of the build. */
  forget(): Promise<void>;
}

/**
 * Keeps a build whose key is not to be lost in `keys/<keysId>`, before anything of it is changed. It
 * takes no room: files are replaced, never written to, so that a link keeps the old one.
 *
 * @returns undefined where nothing is to be kept
 */
export async function keepBuild(paths: ModelPaths): Promise<KeptBuild | undefined> {
  const why = await whyKept(paths);
  if (why === undefined) return undefined;
  const folder = join(paths.folder, KEPT_KEYS, keysId(await readManifest(paths.manifest)));
  // One that is there is of a build that was interrupted, which may have changed the files since.
  if (!existsSync(folder)) await copyBuild(paths.folder, folder);
  return {
    why,
    folder,
    restore: async () => {
      for (const file of await filesOf(folder)) await rename(join(folder, file), join(paths.folder, file));
      await rm(folder, { recursive: true });
    },
    forget: () => rm(folder, { recursive: true }),
  };
}

async function copyBuild(from: string, to: string): Promise<void> {
  const unfinished = `${to}.part`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    for (const file of await filesOf(from)) {
      const target = join(unfinished, file);
      await mkdir(dirname(target), { recursive: true });
      await link(join(from, file), target).catch(() => copyFile(join(from, file), target));
    }
    await rename(unfinished, to);
  } catch (error) {
    throw notWritable(to, error as Error);
  }
}

/** What does not belong to the build itself. */
const APART = /^(keys|jobs|ceremony|\.lock|\.work-.*)$/;

/** The files of a build, relative to its folder. */
async function filesOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !APART.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const inside = await readdir(join(folder, name), { recursive: true, withFileTypes: true }).catch(
        () => undefined,
      );
      if (inside === undefined) return [name];
      return inside
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    }),
  );
  return found.flat();
}
