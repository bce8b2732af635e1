import type { Purchase } from "../../../src/client/service/purchase.js";
import { purchaseOfText, purchaseText } from "./purchaseText.js";

// Purchases are kept in this browser, each before it is paid.

const [JOB, CURRENT] = ["torch2circom:job:", "torch2circom:current"];

/** Keeps a purchase, and makes it the one that a reload goes on with. @throws where the browser keeps nothing */
export function keep(purchase: Purchase): void {
  localStorage.setItem(JOB + purchase.jobId, purchaseText(purchase));
  localStorage.setItem(CURRENT, purchase.jobId);
}

/** The purchase that a reload goes on with. */
export function current(): Purchase | undefined {
  const jobId = localStorage.getItem(CURRENT);
  return jobId === null ? undefined : kept(jobId);
}

export function kept(jobId: string): Purchase | undefined {
  const text = localStorage.getItem(JOB + jobId);
  if (text === null) return undefined;
  try {
    const purchase = purchaseOfText(text);
    return "service" in purchase && purchase.service !== undefined ? (purchase as Purchase) : undefined;
  } catch {
    return undefined; // Of another version of this page.
  }
}

/** All that are kept. */
export function allKept(): Purchase[] {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(JOB))
    .map((key) => kept(key.slice(JOB.length)))
    .filter((one) => one !== undefined);
}

/** Shows no purchase after a reload; what is kept stays. */
export function leave(): void {
  localStorage.removeItem(CURRENT);
}

/** Forgets a purchase: its answer and its refund are lost without the job's file. */
export function forget(jobId: string): void {
  localStorage.removeItem(JOB + jobId);
  if (localStorage.getItem(CURRENT) === jobId) leave();
}
