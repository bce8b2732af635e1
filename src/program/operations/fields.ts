import { z } from "zod";
import { int32s } from "../int32.js";

/** The forms of an operation's fields in program.json. */

export const integer = z.number().int();
export const count = integer.positive();
export const natural = integer.nonnegative();
export const integers = z.array(integer);
export const pair = z.tuple([integer, integer]);
export const int32Array = list((value) => (value | 0) === value).transform((values) =>
  int32s(values, "a number"),
);
export const floatArray = list(Number.isInteger).transform((values) => Float64Array.from(values));
/** JSON has no infinity: null stands for a bound that is not there. */
export const bound = (none: number) => integer.nullable().transform((value) => value ?? none);

/** A list of numbers, all of which are tested by one function: a schema per number would take minutes for weights. */
function list(accepts: (value: number) => boolean): z.ZodType<readonly number[]> {
  return z.custom<readonly number[]>((value) => Array.isArray(value) && value.every(accepts));
}
