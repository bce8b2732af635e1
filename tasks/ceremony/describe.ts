import { relative } from "node:path";
import type { CircuitCeremony } from "../../src/runtime/types.js";

/** Where a ceremony is, and what to do next. */
export function describeNext({ circuit, key, transcript }: CircuitCeremony): string[] {
  const { contributions, announcements, beacon, head, isFinal } = transcript;
  const made = `${circuit}: ${contributions.length} ${contributions.length === 1 ? "contribution" : "contributions"}`;
  const file = relative(process.cwd(), key);
  if (isFinal) return [`${made}, finished; transcript head ${head}`];
  if (beacon !== undefined)
    return [`${made} and a beacon; transcript head ${head}`, "Next: torch2circom:ceremony:finalize"];
  const due = announcements.at(-1)?.due;
  return [
    `${made}${due === undefined ? "" : `, a beacon is due at ${due}`}; transcript head ${head}`,
    `For the next contributor: ${file} and transcript.jsonl beside it; they run npx torch2circom contribute`,
  ];
}
