/** Seconds from a failure to the next try, at most. */
const MOST = 60;

/** Seconds from the last of so many failures to the next try: twice as many after each. */
export function secondsAfter(failures: number): number {
  let seconds = 1;
  for (let i = 1; i < failures && seconds < MOST; i++) seconds *= 2;
  return seconds < MOST ? seconds : MOST;
}

/**
 * Builds of which no job is taken for a while, since this machine has failed at them: its disk may be full, or a file be missing.
 * What waits is left to others meanwhile.
 */
export class Pauses {
  private readonly failed = new Map<string, { readonly times: number; readonly until: number }>();

  /** Whether jobs of a build are taken. */
  isOver(build: string): boolean {
    return performance.now() >= (this.failed.get(build)?.until ?? 0);
  }

  /** Begins a pause, the longer the more often it has failed. */
  begin(build: string): void {
    const times = (this.failed.get(build)?.times ?? 0) + 1;
    this.failed.set(build, { times, until: performance.now() + 1000 * secondsAfter(times) });
  }

  /** A proof was made: the machine works. */
  end(build: string): void {
    this.failed.delete(build);
  }
}
