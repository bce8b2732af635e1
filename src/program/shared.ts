import { operandsOf, type Operation } from "./operations/index.js";

/** So many variants of an operation are kept: a search goes back and forth between few. */
const KEPT = 3;

/**
 * Operations that programs of one model have in common. Equal ones become one object, so that what is known of it (see
 * `operationIntervals`) is computed once, and its numbers are held once.
 */
export class SharedOperations {
  private readonly known = new Map<string, Operation[]>();

  /** The operation, or one from before that is equal. */
  of(operation: Operation): Operation {
    const key = `${operation.kind} ${operation.size} ${operandsOf(operation).join()} ${operation.name}`;
    const variants = this.known.get(key) ?? [];
    const same = variants.find((variant) => isEqual(variant, operation));
    const kept = [same ?? operation, ...variants.filter((variant) => variant !== same)].slice(0, KEPT);
    this.known.set(key, kept);
    return kept[0];
  }
}

function isEqual(a: Operation, b: Operation): boolean {
  const own = Object.entries(a);
  const other: { readonly [field: string]: unknown } = { ...b };
  return own.length === Object.keys(b).length && own.every(([name, field]) => isSame(field, other[name]));
}

function isSame(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || (isList(a) && isList(b) && sameNumbers(a, b));
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** Whether two lists have the same entries. */
export function sameNumbers(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
