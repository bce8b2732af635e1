/** A stranger's words in one line: what controls a terminal could draw over what stands before them. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}
