import type { Logger } from "snarkjs";

/**
 * How to run what uses snarkjs: it starts threads of its own, and cannot do so from within a thread. They would also
 * keep a process alive; here they end with the process that they are in, as soon as it has given its result.
 */
export const SNARKJS_THREAD = { processFlags: [] } as const;

/** A logger that keeps errors, which snarkjs prints where it should throw, and hands on all else. */
export class ErrorLog implements Logger {
  readonly errors: string[] = [];

  constructor(private readonly onLog?: (text: string) => void) {}

  debug(text: string): void {
    this.onLog?.(text);
  }
  info(text: string): void {
    this.onLog?.(text);
  }
  warn(text: string): void {
    this.onLog?.(text);
  }
  error(text: string): void {
    this.errors.push(text);
  }
}
