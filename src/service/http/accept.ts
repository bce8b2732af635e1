/** How much of an `Accept` header is read: a browser's has some 150 characters. */
const MOST = 1_000;

/**
 * Whether who asks would rather have a page than JSON (RFC 9110, 12.5.1). Where nothing says so, it is a program.
 *
 * @param accept header of the request
 */
export function prefersPage(accept: string | undefined): boolean {
  const ranges = (accept ?? "").slice(0, MOST).split(",").map(rangeOf);
  return qualityOf(ranges, "text/html") > qualityOf(ranges, "application/json");
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function rangeOf(text: string): Range {
  const [type, ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((one) => one.startsWith("q="))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

/** By the range that says most of a type. */
function qualityOf(ranges: readonly Range[], type: string): number {
  const family = `${type.split("/")[0]}/*`;
  const found = [type, family, "*/*"].map((one) => ranges.find((range) => range.type === one));
  return found.find((one) => one !== undefined)?.quality ?? 0;
}
