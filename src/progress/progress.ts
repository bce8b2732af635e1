import { Presets, SingleBar } from "cli-progress";

/** Shows what a long work is at. Everything goes to stderr: stdout is for results. */
export interface Progress {
  /** Begins a stage; one is shown at a time. */
  stage(name: string): Stage;
  /** Shows a line, between two stages. */
  note(line: string): void;
}

export interface Stage {
  /** @param fraction that is done, from 0 to 1. A stage that never tells shows the time that it takes. */
  update(fraction: number): void;
  /** Ends the stage. @param note what came of it, such as "4,301 constraints". */
  done(note?: string): void;
  /** Ends the stage without success; the error itself is for the caller to show. */
  fail(): void;
}

/** Where to show progress: a terminal, a file, or a pipe. */
export type ProgressOutput = NodeJS.WritableStream & { readonly isTTY?: boolean };

export interface ProgressOptions {
  /** Show nothing, as for `--json`. @default false */
  readonly silent?: boolean;
  /** @default process.stderr */
  readonly output?: ProgressOutput;
}

/** A bar on a terminal; one plain line a stage elsewhere; or nothing. */
export function createProgress({ silent = false, output = process.stderr }: ProgressOptions = {}): Progress {
  if (silent) return { stage: () => new SilentStage(), note: () => undefined };
  const write = (line: string): void => void output.write(`${line}\n`);
  return {
    stage: (name) => (output.isTTY ? new BarStage(name, output, write) : new LineStage(name, write)),
    note: write,
  };
}

/** Runs `work` as a stage, which ends as the work does. @param note what to say of its result. */
export async function inStage<Result>(
  progress: Progress,
  name: string,
  work: (update: (fraction: number) => void) => Promise<Result>,
  note?: (result: Result) => string,
): Promise<Result> {
  const stage = progress.stage(name);
  try {
    const result = await work((fraction) => stage.update(fraction));
    stage.done(note?.(result));
    return result;
  } catch (error) {
    stage.fail();
    throw error;
  }
}

class SilentStage implements Stage {
  update(): void {
    // Nothing is shown.
  }
  done(): void {
    // Nothing is shown.
  }
  fail(): void {
    // Nothing is shown.
  }
}

/** A line when the stage is over. */
class LineStage implements Stage {
  private readonly start = performance.now();

  constructor(
    private readonly name: string,
    private readonly write: (line: string) => void,
  ) {}

  update(): void {
    // A line says what is done, not what is being done.
  }
  done(note?: string): void {
    this.write(`${this.name}: ${note ? `${note}, ` : ""}${this.seconds()}`);
  }
  fail(): void {
    this.write(`${this.name}: failed after ${this.seconds()}`);
  }

  private seconds(): string {
    return formatSeconds((performance.now() - this.start) / 1000);
  }
}

/** A bar while the stage runs, a line when it is over. */
class BarStage implements Stage {
  private readonly start = performance.now();
  private readonly bar: SingleBar;
  private readonly line: LineStage;
  private isKnown = false;

  constructor(name: string, output: ProgressOutput, write: (line: string) => void) {
    this.line = new LineStage(name, write);
    this.bar = new SingleBar(
      {
        stream: output,
        clearOnComplete: true,
        // Whatever ends the process, Ctrl-C included, leaves the terminal as it was: no mode of it is changed.
        hideCursor: false,
        linewrap: true,
        fps: 5,
        format: (options, { progress }) => {
          const elapsed = formatSeconds((performance.now() - this.start) / 1000);
          if (!this.isKnown) return `${name} … ${elapsed}`;
          const full = Math.round(progress * 30);
          const bar = `${options.barCompleteString?.slice(0, full)}${options.barIncompleteString?.slice(0, 30 - full)}`;
          return `${name} ${bar} ${Math.floor(100 * progress)} % ${elapsed}`;
        },
      },
      Presets.shades_classic,
    );
    this.bar.start(1, 0);
  }

  update(fraction: number): void {
    this.isKnown = true;
    this.bar.update(Math.min(1, Math.max(0, fraction)));
  }
  done(note?: string): void {
    this.bar.stop();
    this.line.done(note);
  }
  fail(): void {
    this.bar.stop();
    this.line.fail();
  }
}

/** "0.3 s", "12 s", "3 min 20 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
