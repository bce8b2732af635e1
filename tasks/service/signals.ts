import { once } from "node:events";

/** What ends gracefully, or at once. */
interface Running {
  close(): Promise<void>;
  end(): Promise<void>;
}

const signal = () => Promise.race(["SIGINT", "SIGTERM"].map((name) => once(process, name)));

/** Waits for Ctrl-C, and ends what runs: after the work in hand, or at once at the second. */
export async function untilSignal(running: Running): Promise<void> {
  await signal();
  process.stderr.write("Ending after the proofs in hand; a second signal ends at once\n");
  await Promise.race([running.close(), signal().then(() => running.end())]);
}
