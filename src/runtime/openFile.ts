import { spawn } from "node:child_process";

/** What opens a file with its program, by system. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [command: string, ...rest: string[]]>> = {
  darwin: ["open"],
  win32: ["explorer.exe"],
};

/** How long a missing program may take to be missed. */
const WAIT = 1000;

/**
 * Opens a file in the program that the system has for it. No shell takes part, so that names are only names.
 *
 * @returns whether a program was started
 */
export async function openFile(file: string): Promise<boolean> {
  const [command, ...rest] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...rest, file], { detached: true, stdio: "ignore" });
  return new Promise((resolve) => {
    const end = (isOpen: boolean) => {
      clearTimeout(timer);
      child.unref();
      resolve(isOpen);
    };
    // A browser that stays has started.
    const timer = setTimeout(() => end(true), WAIT);
    child.once("error", () => end(false));
    // Explorer ends with 1 also where all went well.
    child.once("exit", (code) => end(code === 0 || process.platform === "win32"));
  });
}
