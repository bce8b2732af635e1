import type { Receipt } from "../../src/ceremony/receipt.js";

/** What the page asks its worker for: one contribution. */
export interface ToWorker {
  readonly key: Uint8Array;
  /** The text of the ceremony's transcript. */
  readonly transcript: string;
  readonly name: string;
  /** What the visitor typed, mixed with the system's randomness. */
  readonly typed: string;
}

export type FromWorker =
  | { readonly kind: "progress"; readonly fraction: number }
  | { readonly kind: "made"; readonly key: Uint8Array; readonly receipt: Receipt }
  | { readonly kind: "failed"; readonly why: string };
