import type { Trials } from "./trials.js";
import type { AttackTarget } from "./types.js";

/** A family of attacks, as THREATS names them. */
export interface AttackFamily {
  readonly id: string;
  readonly title: string;
  /** @returns why there was nothing to attack, if so */
  run(
    target: AttackTarget,
    trials: Trials,
    control: Control,
  ): string | undefined | Promise<string | undefined>;
}

export interface Control {
  /** When the family is to end, by `now()`. Directed attacks are short and do not look. */
  readonly deadline: number;
  /** The clock, in milliseconds. */
  now(): number;
  /** Tells the progress; awaited now and then, so that a bar can be drawn. */
  update(fraction: number): Promise<void>;
}
