import { Unavailable } from "./client.js";

/** Attempts of a request that a coordinator does not answer, with waits of half a minute at most between them. */
const MOST_ATTEMPTS = 8;

/** Waits after failures in a row, from 1 on. */
export type Pause = (failures: number) => Promise<void>;

/** Asks again while the coordinator is gone or busy. @throws Torch2CircomError at last, or at once for what is refused */
export async function retrying<Result>(pause: Pause, work: () => Promise<Result>): Promise<Result> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unavailable) || failures === MOST_ATTEMPTS) throw error;
      await pause(failures);
    }
  }
}
