import { join } from "node:path";
import { CEREMONIES, type ModelPaths } from "../../artifacts/paths.js";
import { readManifest } from "../../artifacts/manifest.js";
import { InvitationFile } from "../../ceremony/server/invitations.js";
import { serveCeremonies, type Serving } from "../../ceremony/server/serve.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { ServeOptions } from "../types.js";
import { openCeremonies } from "./find.js";

/** Serves all ceremonies of a build. */
export async function serveBuild(paths: ModelPaths, options: ServeOptions): Promise<Serving> {
  requireInBounds("port", options.port, 0, 65_535);
  requireInBounds("turnSeconds", options.turnSeconds, 1, 100_000);
  requireInBounds("fetchSeconds", options.fetchSeconds, 1, 10_000);
  requireInBounds("pollSeconds", options.pollSeconds, 1, 60);
  const { name } = await readManifest(paths.manifest);
  const circuits = (await openCeremonies(paths)).map(({ circuit }) => ({
    name: circuit.name,
    folder: circuit.ceremony,
  }));
  return serveCeremonies({ ...options, name, circuits, folder: join(paths.folder, CEREMONIES) });
}

/** Makes invitations to the ceremonies of a build. */
export async function invite(
  paths: ModelPaths,
  { count = 1 }: { readonly count?: number },
): Promise<string[]> {
  requireInBounds("count", count, 1, 1000);
  await openCeremonies(paths);
  return new InvitationFile(join(paths.folder, CEREMONIES)).add(count);
}

function requireInBounds(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `${name} is ${value}`,
    `Give a whole number from ${least} to ${most}.`,
  );
}
