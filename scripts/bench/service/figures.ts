/** What was measured of a service that sells answers of iris_mlp. */
export interface ServiceFigures {
  readonly sales: readonly Sales[];
  /** Quotes in a second. */
  readonly quotes: number;
  /** Jobs in a second that the database takes, and hands out and takes the result of, without a proof. */
  readonly ceiling: { readonly accept: number; readonly prove: number };
}

/** Of a number of provers. */
export interface Sales {
  readonly provers: number;
  readonly jobs: number;
  readonly jobsPerMinute: number;
  /** Seconds from the order to the proof. */
  readonly p50: number;
  readonly p99: number;
  /** Seconds of a proof, the median, as the service measures it. */
  readonly proof: number;
  /** Of a job: its funding, and its part of a settlement. */
  readonly gas: number;
}

/** Orders that wait for an answer at a time, for each prover: as many as keep it busy while others are funded. */
export const AT_A_TIME = 12;

/** Seconds of a block, and blocks that make it final. */
export const [BLOCK, CONFIRMATIONS] = [1, 1];

/** Jobs of one settlement, at most. */
export const BATCH = 8;
