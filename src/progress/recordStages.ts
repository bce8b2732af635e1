import type { Progress } from "./progress.js";

/** What a stage took. */
export interface StageTime {
  readonly stage: string;
  readonly seconds: number;
  /** The most memory of this process up to the end of the stage, in bytes. */
  readonly peakBytes: number;
}

/** Shows what `progress` shows, and keeps what each stage took that ended with success. */
export function recordStages(progress: Progress): {
  readonly progress: Progress;
  readonly stages: readonly StageTime[];
} {
  const stages: StageTime[] = [];
  return {
    stages,
    progress: {
      note: (line) => progress.note(line),
      stage(name) {
        const start = performance.now();
        const shown = progress.stage(name);
        return {
          update: (fraction) => shown.update(fraction),
          fail: () => shown.fail(),
          done(note) {
            const seconds = (performance.now() - start) / 1000;
            // In KiB, on every system.
            stages.push({ stage: name, seconds, peakBytes: 1024 * process.resourceUsage().maxRSS });
            shown.done(note);
          },
        };
      },
    },
  };
}
