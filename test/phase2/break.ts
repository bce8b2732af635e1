import type { StepName } from "../../src/phase2/checkKey.js";
import { BASE_FIELD_ORDER } from "../../src/groth16/field.js";
import { littleEndian } from "../../src/phase2/points.js";
import type { Keys } from "./keys.js";
import { type FullCurve, Sections } from "./zkey.js";

/** A way to break a good key, and the steps that have to refuse it. */
export interface Break {
  readonly name: string;
  readonly step: StepName | readonly StepName[];
  readonly reason?: RegExp;
  /** The broken file. */
  readonly make: (good: Good) => Promise<Buffer> | Buffer;
}

export interface Good {
  readonly keys: Keys;
  readonly curve: FullCurve;
}

/** A change of the sections of a good key. */
export function changed(
  name: string,
  step: StepName,
  change: (s: Sections, good: Good) => unknown,
  reason?: RegExp,
): Break {
  return {
    ...{ name, step, reason },
    make: async (good) => {
      const sections = Sections.read(good.keys.zkeys[3]);
      await change(sections, good);
      return sections.bytes();
    },
  };
}

/** Adds a point to another in place. */
export function addTo(group: FullCurve["G1"], point: Uint8Array, other: Uint8Array): void {
  point.set(group.toAffine(group.add(Uint8Array.from(point), other)));
}

/** The same coordinate in another form: greater by q. */
export function addOrder(coordinate: Uint8Array): void {
  const value = (littleEndian(coordinate) + BASE_FIELD_ORDER).toString(16).padStart(64, "0");
  coordinate.set(Buffer.from(value, "hex").reverse());
}
