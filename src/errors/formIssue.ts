/** What a schema of `zod/v4-mini` finds: it has no words of its own, which pages of browsers would carry. */
interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Where a value is not of its form, and how. */
export function describeIssue({ path, message, ...issue }: Issue): string {
  return `${path.map(String).join(".") || "it"}: ${message === "Invalid input" ? reason(issue) : message}`;
}

function reason(issue: Omit<Issue, "path" | "message">): string {
  const { code, expected, keys, values, minimum, maximum } = issue as Readonly<Record<string, unknown>>;
  switch (code) {
    case "invalid_type":
      return `there is no ${String(expected)}`;
    case "invalid_value":
      return `it is none of ${(values as unknown[]).map(String).join(", ")}`;
    case "unrecognized_keys":
      return `it has unknown fields: ${(keys as string[]).join(", ").slice(0, 100)}`;
    case "too_small":
      return `it is less than ${String(minimum)}`;
    case "too_big":
      return `it is more than ${String(maximum)}`;
    default:
      return "it has another form";
  }
}
