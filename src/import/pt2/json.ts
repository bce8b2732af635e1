/**
 * Parses JSON as Python writes it: with bare NaN, Infinity and -Infinity, which come out as the strings of those
 * names (the form in which newer PyTorch writes them itself).
 */
export function parsePythonJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const quoted = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN/gs, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
  return JSON.parse(quoted) as unknown;
}
