import promises, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { serveCeremonies } from "../../src/ceremony/server/serve.js";

// A coordinator in a process of its own, for a test that kills it: also by itself, at a point between two steps on the disk.

/** Where it dies, as `kill -9` would have it. */
export type Point = "before the key" | "before the line" | "half of the line" | "after the line" | "never";

const [name, folder, circuitFolder, port, point] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  Point,
];

function die(): never {
  process.kill(process.pid, "SIGKILL");
  // The signal comes at once; nothing more may happen until it does.
  for (;;);
}

const { open, rename } = promises;
promises.rename = async (from, to) => {
  if (
    point === "before the key" &&
    String(to).startsWith(circuitFolder) &&
    /-[1-9]\d*\.zkey$/.test(String(to))
  )
    die();
  await rename(from, to);
};
promises.open = async (path, flags, mode) => {
  const file: FileHandle = await open(path, flags, mode);
  if (flags !== "a" || !String(path).endsWith("transcript.jsonl")) return file;
  if (point === "before the line") die();
  const { appendFile, sync } = file;
  file.appendFile = async (data, options) => {
    if (point !== "half of the line") return appendFile.call(file, data, options);
    await appendFile.call(file, String(data).slice(0, String(data).length / 2), options);
    die();
  };
  file.sync = async () => {
    await sync.call(file);
    if (point === "after the line") die();
  };
  return file;
};
syncBuiltinESMExports();

const { url } = await serveCeremonies({
  ...{ name, folder, circuits: [{ name, folder: circuitFolder }], port: Number(port) },
  ...{ pollSeconds: 1, turnSeconds: 600 },
});
process.send?.(url);
process.once("disconnect", () => process.exit());
