import type { ValueId } from "../../../graph/types.js";
import type { AtenCall } from "../call.js";

/** What an ATen overload becomes: its results in order. Results that are left out may not be used by the program. */
export type AtenRule = (call: AtenCall) => ValueId | readonly ValueId[];

/** Rules by overload, such as "aten.linear.default". The in-place form of an overload needs no entry of its own. */
export type AtenTable = Readonly<Record<string, AtenRule>>;
