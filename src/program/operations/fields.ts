import { z } from "zod";
import { int32s } from "../int32.js";

/** The forms of an operation's fields in program.json. */

export const integer = z.number().int();
export const count = integer.positive();
export const natural = integer.nonnegative();
export const integers = z.array(integer);
export const pair = z.tuple([integer, integer]);
export const int32Array = z
  .array(integer.min(-(2 ** 31)).max(2 ** 31 - 1))
  .transform((values) => int32s(values, "a number"));
export const floatArray = integers.transform((values) => Float64Array.from(values));
/** JSON has no infinity: null stands for a bound that is not there. */
export const bound = (none: number) => integer.nullable().transform((value) => value ?? none);
