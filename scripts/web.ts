import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions, type Metafile } from "esbuild";

const ROOT = join(import.meta.dirname, "..");

/** How Preact's pages are bundled. */
const PREACT: BuildOptions & Entries = {
  entryPoints: ["page.tsx"],
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
};

interface Entries {
  readonly entryPoints: readonly string[];
}

/** The pages that a service shows. */
const PAGES = ["checkout", "job", "operator"] as const;

/**
 * Bundles the page of a ceremony.
 *
 * @param folder where its files go
 * @returns what is in the bundles
 */
export function bundleCeremony(folder: string): Promise<Metafile> {
  return bundle("ceremony", folder, { entryPoints: ["page.ts", "worker.ts"], format: "iife" });
}

/**
 * Bundles a page that a service shows. What verifies a proof is with the one that sells: commitments need the same field.
 *
 * @param name of the page
 * @param folder where its files go
 * @returns what is in the bundles
 */
export function bundlePage(name: (typeof PAGES)[number], folder: string): Promise<Metafile> {
  return bundle(name, folder, PREACT);
}

/** Bundles all pages that a service shows. @param folder that gets a folder for each */
export async function bundlePages(folder: string): Promise<void> {
  for (const name of PAGES) await bundlePage(name, join(folder, name));
}

async function bundle(
  name: string,
  folder: string,
  { entryPoints, ...options }: BuildOptions & Entries,
): Promise<Metafile> {
  const source = join(ROOT, "web", name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(source))
    if (file.endsWith(".html")) await copyFile(join(source, file), join(folder, file));
  const { metafile } = await build({
    entryPoints: [...entryPoints, "style.css"].map((file) => join(source, file)),
    outdir: folder,
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2022",
    metafile: true,
    logLevel: "warning",
    ...options,
  });
  return metafile!;
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(ROOT, "dist", "web");
  await bundleCeremony(join(folder, "ceremony"));
  await bundlePages(folder);
}
