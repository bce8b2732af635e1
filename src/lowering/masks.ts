/** A value as low as this is that of a mask, as models write it (-inf, or float16's and float32's least number). */
export const MASKED = -1e4;

/** What is further below the greatest element of its row than this has no share that any number of bits shows. */
export const VANISHING = 64;

/** What stands for an infinite term of a score. */
export const HIDING = 1e30;
