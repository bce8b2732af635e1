import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";

const ROOT = join(import.meta.dirname, "..");

/**
 * Bundles the page of a ceremony.
 *
 * @param folder where its files go
 * @returns what is in the bundles
 */
export async function bundlePage(folder: string): Promise<Metafile> {
  const source = join(ROOT, "web", "ceremony");
  await mkdir(folder, { recursive: true });
  for (const name of ["index.html", "style.css"]) await copyFile(join(source, name), join(folder, name));
  const { metafile } = await build({
    entryPoints: ["page.ts", "worker.ts"].map((name) => join(source, name)),
    outdir: folder,
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    metafile: true,
    logLevel: "warning",
  });
  return metafile;
}

if (process.argv[1] === import.meta.filename) await bundlePage(join(ROOT, "dist", "web", "ceremony"));
