import type { TensorType } from "../tensor/types.js";

/** Precision of the integer program, in bits. */
export interface Precision {
  readonly inputBits: number;
  readonly weightBits: number;
  readonly activationBits: number;
  /** Index bits of a table activation that is an output of the model; others have activation bits. */
  readonly tableBits: number;
  /**
   * How many bits beyond `activationBits` the worst case of an activation may need before it is saturated at its
   * calibrated range. Saturation costs two constraints; without it, later sums are wider.
   */
  readonly headroom: number;
  /**
   * How many bits coarser than its calibrated range asks an activation may be, where its worst case then fits
   * `activationBits`: neither a saturation nor wider sums are paid for.
   */
  readonly coarsening: number;
  /** Sixteenths of a bit of precision that a channel's weights may lose where its accumulator then is narrower. */
  readonly weightLoss: number;
  /** Layers with bits of their own, by the name of their graph node. */
  readonly layers?: LayerBits;
}

/**
 * Bits of single layers. The weight bits are those of the layer's own weights; the activation bits those to which the
 * layer requantizes: its result where it is an activation, else its operands where they are too wide.
 */
export type LayerBits = Readonly<
  Record<string, { readonly weightBits?: number; readonly activationBits?: number }>
>;

/** The real values that a graph value took on the calibration samples, element by element. */
export interface Range {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

/** What a lowering rule knows of its node beside its operands. */
export interface Site {
  readonly name: string;
  readonly types: readonly TensorType[];
  readonly inputRanges: readonly Range[];
  readonly outputRanges: readonly Range[];
  /** Whether a consumer needs one scale for all elements of the output. */
  readonly uniform: boolean;
  /** Whether the output is one of the model's. */
  readonly final: boolean;
  /** Whether the output goes into a softmax, which needs finer steps than other consumers. */
  readonly precise: boolean;
  /** Whether of the output only greatest elements are taken: what is no greater than any other is as good as -inf. */
  readonly ranked: boolean;
  /** The windows of elements of which a max pooling, the only consumer, takes the greatest. */
  readonly pooling?: { readonly window: number; readonly index: Int32Array };
  /** Whether a ReLU is the only consumer, of the output or of what the pooling leaves of it. */
  readonly rectified: boolean;
  /** The only consumer, if it saturates from above (ReLU6): its bound must be a whole number of the scale. */
  readonly saturatedBy?: { readonly name: string; readonly bound: number };
  /** The step and the integers to which all consumers quantize, in a model that is quantized already. */
  readonly quantizedTo?: { readonly scale: number; readonly lo: number; readonly hi: number };
}

/** A linear map on reals, in the form of LinearOperation. */
export interface LinearMap {
  readonly channels: number;
  readonly positions: number;
  readonly taps: number;
  readonly groups: number;
  readonly weights: Float64Array;
  readonly index: Int32Array;
  /** One a channel. */
  readonly bias: Float64Array;
}
