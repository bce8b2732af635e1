/**
 * A small file from a server, also in a browser.
 *
 * @param url http or https
 * @param mostBytes of the file; a server that sends more is not heard out
 * @param timeout milliseconds until all of it must be there
 * @throws Error if the server does not answer so, which the caller explains
 */
export async function fetchBytes(url: string, mostBytes: number, timeout: number): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
  if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
  return readBounded(response, mostBytes);
}

/**
 * The body of an answer, also in a browser.
 *
 * @throws Error for one of more bytes, which is not heard out
 */
export async function readBounded({ body }: Response, mostBytes: number): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    size += next.value.length;
    if (size > mostBytes) {
      await reader.cancel();
      throw new Error(`it has more than ${mostBytes} bytes`);
    }
  }
  const bytes = new Uint8Array(size);
  chunks.reduce((at, chunk) => (bytes.set(chunk, at), at + chunk.length), 0);
  return bytes;
}
