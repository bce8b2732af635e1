import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import chromium from "@sparticuz/chromium";
import { chromium as playwright, type Browser } from "playwright-core";

/** What makes this Chromium another than people have: several pages close in one process, and no site is kept from others. */
const UNLIKE_OTHERS = [
  "--single-process",
  "--no-zygote",
  "--disable-web-security",
  "--allow-running-insecure-content",
];

/** Chromium from npm, as people have it. Its letters are the same on every machine: fonts of npm packages alone. */
export async function launchBrowser(): Promise<Browser> {
  // It unpacks its fonts, too.
  const executablePath = await chromium.executablePath();
  const args = chromium.args.filter((one) => !UNLIKE_OTHERS.includes(one));
  const env = { ...process.env, FONTCONFIG_FILE: await writeFontList() };
  return playwright.launch({ executablePath, args, headless: true, env });
}

/** @returns the path of fontconfig's configuration */
async function writeFontList(): Promise<string> {
  const folder = resolve("cache", "fonts");
  const monospaced = fileURLToPath(
    new URL(".", import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf")),
  );
  const path = join(folder, "fonts.conf");
  await mkdir(folder, { recursive: true });
  await writeFile(
    path,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(tmpdir(), "fonts")}</dir>
  <dir>${monospaced}</dir>
  <cachedir>${join(folder, "cache")}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`,
  );
  return path;
}
