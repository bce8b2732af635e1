import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions, type Metafile } from "esbuild";

const ROOT = join(import.meta.dirname, "..");

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
 * Bundles the page on which people buy answers. What verifies a proof is with it: commitments need the same field.
 *
 * @param folder where its files go
 * @returns what is in the bundles
 */
export function bundleCheckout(folder: string): Promise<Metafile> {
  return bundle("checkout", folder, {
    entryPoints: ["page.tsx"],
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
  });
}

async function bundle(
  name: string,
  folder: string,
  { entryPoints, ...options }: BuildOptions & { readonly entryPoints: readonly string[] },
): Promise<Metafile> {
  const source = join(ROOT, "web", name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of ["index.html", "style.css"]) await copyFile(join(source, file), join(folder, file));
  const { metafile } = await build({
    entryPoints: entryPoints.map((file) => join(source, file)),
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
  await bundleCeremony(join(ROOT, "dist", "web", "ceremony"));
  await bundleCheckout(join(ROOT, "dist", "web", "checkout"));
}
