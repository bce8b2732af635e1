/** What a release is made from. */
export interface Release {
  readonly version: string;
  readonly changelog: string;
  /** Tags of the commit that is published. */
  readonly tags: readonly string[];
  /** Output of `git status --porcelain`. */
  readonly status: string;
}

/** Reasons not to publish; none if all is well. */
export function releaseProblems({ version, changelog, tags, status }: Release): string[] {
  const problems: string[] = [];
  const section = new RegExp(`^## \\[${version.replaceAll(".", "\\.")}\\] - \\d{4}-\\d\\d-\\d\\d$`, "m");
  if (!section.test(changelog)) {
    problems.push(
      `CHANGELOG.md has no section "## [${version}] - <date>": rename [Unreleased], with the date.`,
    );
  }
  if (!tags.includes(`v${version}`))
    problems.push(`The commit has no tag v${version}: git tag -s v${version}`);
  if (status.trim() !== "") problems.push("The work tree has changes: a package is made from a commit.");
  return problems;
}
