import { oneLine } from "./oneLine.js";

/** What a schema of valibot finds. */
interface Issue {
  readonly message: string;
  readonly path?: readonly { readonly key: unknown }[];
}

/** Where a value is not of its form, and how; the message may quote a stranger's value, in one line. */
export function describeIssue({ path = [], message }: Issue): string {
  const place = path.map(({ key }) => String(key)).join(".");
  return oneLine(`${place.slice(0, 100) || "it"}: ${message.slice(0, 200)}`);
}
