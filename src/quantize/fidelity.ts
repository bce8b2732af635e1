import type { Tensor } from "../tensor/types.js";
import type { ProgramOutput } from "../program/types.js";
import { square } from "../elementary/functions.js";

/** How far an output's integers are from the float model, against the range that it takes on the samples. */
export interface OutputFidelity {
  readonly output: string;
  /** Root of the mean square of the differences, as a share of the range: of the channel that does worst. */
  readonly rmsError: number;
  /** Greatest difference, as a share of the range: of the channel that does worst. */
  readonly greatestError: number;
}

/** An output whose mean error is at most this share of its range keeps its meaning. */
export const TOLERATED_RMS = 0.02;

/** So is its greatest error: one sample whose answer is lost does not show in a mean. */
export const TOLERATED_ERROR = 0.12;

/** From this share of its range on, an output's greatest error is worth a notice. */
export const NOTED_ERROR = 0.05;

/** A share of a range in per cent, to two digits. */
export function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`;
}

/**
 * The fidelity of each output. Elements of one scale are measured together; where scales differ, each scale's elements
 * are a channel of their own, so that a wide one cannot hide what a narrow one loses.
 *
 * @param floats, integers the outputs' real values, one list a sample
 */
export function fidelityOf(
  outputs: readonly ProgramOutput[],
  floats: readonly (readonly Tensor[])[],
  integers: readonly (readonly Float64Array[])[],
): OutputFidelity[] {
  return outputs.map(({ name, scale }, o) => {
    const channels = new Map<number, Channel>();
    floats.forEach((row, sample) =>
      row[o].data.forEach((value, i) => {
        const own = scale.length === 1 ? scale[0] : scale[i];
        let channel = channels.get(own);
        if (channel === undefined) channels.set(own, (channel = new Channel()));
        channel.add(value, integers[sample][o][i]);
      }),
    );
    const worst = (of: (channel: Channel) => number) =>
      [...channels.values()].reduce((most, channel) => Math.max(most, of(channel)), 0);
    return {
      output: name,
      rmsError: worst((channel) => channel.rms / channel.range),
      greatestError: worst((channel) => channel.greatest / channel.range),
    };
  });
}

/** Sums over the elements of a channel. */
class Channel {
  private count = 0;
  private squares = 0;
  private lo = Infinity;
  private hi = -Infinity;
  greatest = 0;

  add(float: number, integer: number): void {
    const difference = Math.abs(float - integer);
    this.count++;
    this.squares += square(difference);
    this.greatest = Math.max(this.greatest, difference);
    this.lo = Math.min(this.lo, float);
    this.hi = Math.max(this.hi, float);
  }

  get rms(): number {
    return Math.sqrt(this.squares / this.count);
  }

  /** That of the samples; of a channel that is constant on them, its size. */
  get range(): number {
    return this.hi - this.lo || Math.abs(this.hi) || 1;
  }
}
